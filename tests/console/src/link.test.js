// A claim link waits through the sign-in; its code never stays in the address.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';

const at = stage();

test('a claim link signs in first and then claims', async () => {
	const page = await open(at.browser);
	const label = at.cloud.labels[0];
	await page.goto(new URL(`/claim#${label}`, at.cloud.url).href);
	await page.getByText('Sign in, and the device you scanned is added right after.').waitFor();
	assert.ok(!page.url().includes(label));

	await page.getByRole('button', { name: 'Customer' }).click();
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	await page.getByRole('button', { name: 'Done' }).click();
	await page.getByRole('heading', { level: 1, name: /Soil sensor/ }).waitFor();

	// Going back and forward does not find it either.
	for (let step = 0; step < 3; step += 1) {
		await page.goBack().catch(() => null);
		assert.ok(!page.url().includes(label));
	}
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('for whoever is signed in a claim link claims at once', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.goto(new URL(`/claim#${at.cloud.labels[1]}`, at.cloud.url).href);
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	await page.context().close();
});

test('a label of somebody else gives no reason away', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.goto(new URL(`/claim#sqr_${'x'.repeat(32)}`, at.cloud.url).href);
	const sheet = page.getByRole('dialog', { name: "This label can't add a device." });
	await sheet.getByText('It is not known here, or the device belongs to somebody already.').waitFor();
	await page.context().close();
});
