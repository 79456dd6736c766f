// The mailbox of a cloud without a mail server: before signing in where it is a demo, and for administrators after.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DESKTOP, fits, PHONE, go, mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually } from './support/wait.js';

const at = stage();

const SUBJECT = 'Invitation to Green Farm';

/** Support invites somebody, who is told by mail. */
async function invite(email) {
	const support = at.cloud.user(2);
	const call = async (path, init) => (await fetch(new URL(path, at.cloud.url), init)).json();
	const form = { grant_type: 'user_credentials', username: support.email, password: support.password };
	const { access_token: token } = await call('/oauth2/token', {
		method: 'POST',
		body: new URLSearchParams(form)
	});
	return call('/api/v1/organization/users/invite', {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ email, name: 'Nina', roleId: 3, orgId: 2 })
	});
}

test('a mail appears by itself and is shown as it would have arrived', async () => {
	const page = await open(at.browser);
	await page.goto(at.cloud.url);
	await page.getByRole('link', { name: 'Mailbox of this cloud' }).click();
	await page.getByText('No mail yet').waitFor();
	await invite('nina@greenfarm.example');
	await page.getByRole('link', { name: SUBJECT }).click();
	await page.getByRole('heading', { level: 1, name: SUBJECT }).waitFor();

	const frame = page.frameLocator('iframe');
	const words = frame.getByText('Sam Reed invites you to join “Green Farm” on Handover.');
	await words.waitFor();
	const card = frame.locator('.card');
	const corner = () => card.evaluate((element) => getComputedStyle(element).borderRadius);
	await eventually(async () => assert.equal(await corner(), '14px'));
	await page.locator('iframe[sandbox=allow-same-origin]').waitFor();

	await page.getByRole('button', { name: 'Show as text' }).click();
	await page.locator('pre', { hasText: 'Sam Reed' }).waitFor();
	await page.getByRole('link', { name: 'Sign in' }).click();
	await page.getByRole('button', { name: 'Customer' }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('the list and a mail take turns on a phone', async () => {
	await invite('nils@greenfarm.example');
	for (const viewport of [DESKTOP, PHONE]) {
		const page = await open(at.browser, { viewport });
		await signIn(page, at.cloud.url, 'Maker');
		// On a phone the bar has no room for it.
		if (viewport === PHONE) await page.getByRole('link', { name: 'Settings' }).click();
		await page.getByRole('link', { name: 'Mailbox' }).click();
		const list = page.getByRole('list', { name: 'Mails' });
		await list.getByRole('link', { name: SUBJECT }).first().click();
		await page.getByRole('heading', { level: 1, name: SUBJECT }).waitFor();
		await list.waitFor({ state: viewport === DESKTOP ? 'visible' : 'hidden' });
		await fits(page);
		assert.deepEqual(mistakes(page), []);
		await page.context().close();
	}
});

test('a mail that is gone is told', async () => {
	const page = await open(at.browser);
	await page.goto(at.cloud.url);
	await page.getByRole('link', { name: 'Mailbox of this cloud' }).waitFor();
	await go(page, '/mailbox/999');
	await page.getByRole('alert').waitFor();
	await page.context().close();
});
