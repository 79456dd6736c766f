// "Your label does not work": support types what is on it, and reads the true reason with what to do next.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { choosing, go, LOOKS, mistakes, open, picture, signIn } from './support/browser.js';
import { photograph, stage } from './support/stage.js';
import { press, until } from './support/wait.js';

const at = stage();
const DARK_PHONE = LOOKS.find(({ name }) => name === 'phone-dark');
const STAFF = 2;
const CUSTOMER = 3;

const call = (role, method, target, body) => at.cloud.call(at.cloud.user(role), method, target, body);

/** A label that was claimed and released: its device has another one by now. */
async function replaced(label) {
	const claimed = await (await call(CUSTOMER, 'POST', 'static-tokens/claim', { token: label })).json();
	const body = { deviceId: claimed.id, history: 'keep' };
	const released = await (await call(CUSTOMER, 'POST', 'device/release', body)).json();
	return { device: claimed.id, fresh: released.label.text };
}

test('support shows and renews the label of a device that is gone', async () => {
	const [, , , old] = at.cloud.labels;
	const claimed = await (await call(CUSTOMER, 'POST', 'static-tokens/claim', { token: old })).json();
	assert.equal((await call(CUSTOMER, 'DELETE', `device?deviceId=${claimed.id}`)).status, 200);
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/why');
	await page.getByRole('textbox', { name: 'What is on the label' }).fill(old);
	await press(page.getByRole('button', { name: 'Tell me why' }));
	await page.getByText(/This is an old label/).waitFor();
	await press(page.getByRole('button', { name: 'Show the code' }));
	const sheet = page.getByRole('dialog');
	await press(sheet.getByRole('button', { name: 'Show the code' }));
	const text = sheet.getByText(/claim#sqr_/);
	const shown = await text.textContent();
	await picture(page, 'why-label');
	await press(sheet.getByRole('button', { name: 'Make a new code' }));
	await page
		.getByRole('dialog', { name: /Make a new code for/ })
		.getByRole('button', { name: 'Make a new code' })
		.press('Enter');
	await page.getByText('The label has a new code.').waitFor({ state: 'attached' });
	const renewed = await until(
		() => text.textContent(),
		(now) => now !== shown
	);
	assert.equal((await call(CUSTOMER, 'POST', 'static-tokens/claim', { token: shown })).status, 404);
	assert.equal((await call(CUSTOMER, 'POST', 'static-tokens/claim', { token: renewed })).status, 201);
	await page.context().close();
});

test('support reads why a label does not claim, and what to do', async () => {
	const [old, other] = at.cloud.labels;
	await replaced(old);
	const page = await open(at.browser);
	choosing(page, await photograph(at.cloud, other));
	await signIn(page, at.cloud.url, 'Support');
	await page.getByRole('searchbox', { name: 'Search devices' }).fill('nothing of this');
	await page.getByRole('link', { name: "Why can't it be claimed?" }).click();
	await page.getByRole('heading', { name: "Why can't it be claimed?", level: 1 }).waitFor();
	// What was searched for came along.
	await page.getByRole('heading', { name: 'Nothing of yours has this' }).waitFor();
	const field = page.getByRole('textbox', { name: 'What is on the label' });
	await field.fill(old);
	await field.press('Enter');
	await page.getByText(/This is an old label: the device was released \(.*, by Clara Green\)/).waitFor();
	await page.getByText('or make another one').waitFor();
	await picture(page, 'why-old-label');

	// The label is photographed; nobody has had it.
	await page.getByRole('button', { name: 'Use a picture' }).click();
	await page.getByText('Nothing keeps this label from claiming.').waitFor();

	// For whom: what stands in their own way.
	await page.getByRole('button', { name: 'For whom?' }).click();
	await page.getByRole('radio', { name: 'Green Farm' }).check();
	await page.getByRole('combobox', { name: 'Person' }).waitFor();
	await page.getByRole('button', { name: 'Tell me why' }).click();
	await page.getByRole('region', { name: "In Clara Green's own way" }).getByText('Nothing.').waitFor();
	await picture(page, 'why-for');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a refused claim leads support to the reason, and several machines are forgotten', async () => {
	const identifiers = { kind: 'serial', first: 'PB-0001', proof: 'presence' };
	const batch = { templateId: 'TMPLsoil00001', name: 'Buttons', count: 1, identifiers };
	const { id } = await (await call(STAFF, 'POST', 'static-tokens/batches', batch)).json();
	await at.cloud.made(at.cloud.user(STAFF), `static-tokens/batch?batchId=${id}`);
	for (const secret of ['what-the-real-device-made', 'what-somebody-else-made'])
		await fetch(new URL('/external/api/bootstrap', at.cloud.url), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ identifier: 'PB-0001', secret })
		});
	const { device } = await replaced(at.cloud.labels[2]);
	assert.ok(device);
	const page = await open(at.browser, DARK_PHONE);
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/scan');
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	await page.getByRole('dialog').getByRole('textbox').fill(at.cloud.labels[2]);
	await page.getByRole('dialog').getByRole('button', { name: 'Check code' }).click();
	await page.getByRole('dialog').getByRole('link', { name: "Why can't it be claimed?" }).click();
	await page.getByText(/This is an old label/).waitFor();
	await picture(page, 'why-phone');

	const field = page.getByRole('textbox', { name: 'What is on the label' });
	await field.fill('pb-0001');
	await page.getByRole('button', { name: 'Tell me why' }).click();
	await page.getByText('Several machines say that they are this device').waitFor();
	await page.getByRole('button', { name: 'Start again' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Start again' }).click();
	await page.getByText('the cloud has heard of no press').waitFor();
	await picture(page, 'why-not-pressed');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('support reads who took a device back, and why', async () => {
	const [, , , , label] = at.cloud.labels;
	const claimed = await (await call(CUSTOMER, 'POST', 'static-tokens/claim', { token: label })).json();
	const body = { deviceId: claimed.id, label: 'keep', reason: 'It drifts' };
	assert.equal((await call(STAFF, 'POST', 'static-tokens/unclaim', body)).status, 200);
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/why');
	await page.getByRole('textbox', { name: 'What is on the label' }).fill(label);
	await press(page.getByRole('button', { name: 'Tell me why' }));
	const moves = page.getByRole('list', { name: 'Where it has been' });
	const last = moves.getByRole('listitem').filter({ hasText: 'Taken back from Clara Green at Green Farm' });
	await last.getByText('by Sam Reed').waitFor();
	await last.getByText('“It drifts”').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a customer has no such page', async () => {
	const refused = await call(CUSTOMER, 'POST', 'static-tokens/why', { label: 'PB-0001' });
	assert.equal(refused.status, 403);
});
