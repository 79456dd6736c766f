// The cloud goes away while a claim is on its way: nothing is lost, nothing is doubled.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { forgets, go, mistakes, open, picture, PHONE, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { until } from './support/wait.js';

const at = stage({ faulty: true });
const CLAIM = 'POST /static-tokens/claim';
const GONE = { endpoint: CLAIM, fault: { kind: 'lost_request' } };

const waits = (page) => page.getByRole('region', { name: '1 device waits to be added' });

async function claimTyped(page, label) {
	await go(page, '/scan');
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	await page.getByRole('textbox', { name: 'Code on the label' }).fill(label);
	await page.getByRole('button', { name: 'Check code' }).click();
}

test('an answer that was lost: the same key again gives one device', async () => {
	const page = await open(at.browser);
	const customer = at.cloud.user(3);
	await signIn(page, at.cloud.url);
	const before = await at.cloud.devices(customer);
	const keys = [];

	// The cloud acts, and its answer is lost on the way.
	page.on('request', (request) => {
		if (request.url().includes('/static-tokens/claim')) keys.push(request.headers()['idempotency-key']);
	});
	await at.cloud.fail({ endpoint: CLAIM, fault: { kind: 'lost_answer' } });
	await claimTyped(page, at.cloud.labels[0]);
	const kept = page.getByRole('dialog', { name: 'We kept it' });
	await kept.waitFor();
	await picture(page, 'kept');

	await at.cloud.fail();
	await kept.getByRole('button', { name: 'Try again' }).click();
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();

	assert.equal(keys.length, 2);
	assert.equal(keys[0], keys[1]);
	assert.equal((await at.cloud.devices(customer)).length, before.length + 1);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a cloud that is gone: the claim waits in the list until the cloud is back', async () => {
	const page = await open(at.browser);
	const customer = at.cloud.user(3);
	await signIn(page, at.cloud.url);
	const before = await at.cloud.devices(customer);
	const label = at.cloud.labels[1];

	await at.cloud.fail(GONE);
	await claimTyped(page, label);
	await page.getByRole('dialog', { name: 'We kept it' }).getByRole('button', { name: 'Later' }).click();
	const waiting = waits(page);
	await waiting.waitFor();
	assert.ok(!(await waiting.textContent()).includes(label), 'the label is masked');
	await at.cloud.fail();

	await at.cloud.down();
	await page.keyboard.press('r');
	await page.getByText("The cloud can't be reached.").first().waitFor();
	await page.getByRole('link', { name: 'Orchard gate' }).waitFor();
	await waiting.getByRole('button', { name: /^Try label .* again$/ }).click();
	await waiting.getByText('Still no answer. It keeps waiting.').waitFor();
	await picture(page, 'cloud-gone');

	// By itself: nobody presses anything.
	await at.cloud.again();
	await waiting.waitFor({ state: 'detached' });
	assert.equal((await at.cloud.devices(customer)).length, before.length + 1);
	await page.context().close();
});

test('a session that ended asks for a new sign-in and keeps the claim', async () => {
	const page = await open(at.browser);
	const customer = at.cloud.user(3);
	await signIn(page, at.cloud.url);
	const before = await at.cloud.devices(customer);
	await page.context().clearCookies();
	await at.cloud.fail({ endpoint: CLAIM, fault: { kind: 'session_expired' } });
	await claimTyped(page, at.cloud.labels[2]);
	await page.getByText('Your sign-in has ended.').waitFor();
	await at.cloud.fail();
	await page.getByRole('button', { name: 'Customer' }).click();
	await go(page, '/devices');
	await waits(page).waitFor({ state: 'detached' });
	await until(
		() => at.cloud.devices(customer),
		({ length }) => length === before.length + 1
	);
	await page.context().close();
});

test('what waits is still there after a reload, and goes out by itself once the network is back', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	const customer = at.cloud.user(3);
	await signIn(page, at.cloud.url);
	const before = await at.cloud.devices(customer);
	await at.cloud.fail(GONE);
	await claimTyped(page, at.cloud.labels[3]);
	await page.getByRole('dialog', { name: 'We kept it' }).getByRole('button', { name: 'Later' }).click();
	await page.reload();
	await waits(page).waitFor();
	await picture(page, 'kept-after-reload');

	await at.cloud.fail();
	await page.context().setOffline(true);
	await page.context().setOffline(false);
	await waits(page).waitFor({ state: 'detached' });
	assert.equal((await at.cloud.devices(customer)).length, before.length + 1);
	await forgets(page, 'sqr_');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('without a network from the start a typed code is kept, and claimed when there is one', async () => {
	const page = await open(at.browser);
	const customer = at.cloud.user(3);
	await signIn(page, at.cloud.url);
	const before = await at.cloud.devices(customer);
	await page.context().setOffline(true);
	await claimTyped(page, at.cloud.labels[4]);
	await page.getByRole('dialog', { name: 'We kept it' }).waitFor();
	// The sheet is still up when the answer comes.
	await page.context().setOffline(false);
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	assert.equal((await at.cloud.devices(customer)).length, before.length + 1);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('whoever signs out while a claim waits is asked first, and leaves nothing behind', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await at.cloud.fail(GONE);
	await claimTyped(page, at.cloud.labels[5]);
	await page.getByRole('dialog', { name: 'We kept it' }).getByRole('button', { name: 'Later' }).click();
	await waits(page).waitFor();
	await go(page, '/settings');
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	const question = page.getByRole('dialog', { name: '1 device waits to be added' });
	await picture(page, 'sign-out-waiting');
	await question.getByRole('button', { name: 'Cancel' }).click();
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	await question.getByRole('button', { name: 'Sign out and forget' }).click();
	await page.getByRole('button', { name: 'Customer' }).waitFor();
	await forgets(page, 'sqr_');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
