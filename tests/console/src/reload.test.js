// A reload loses nothing that somebody decided or was promised: whom devices are for, and a label that a link brought.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';

const at = stage();

async function type(page, label) {
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	await page.getByRole('textbox', { name: 'Code on the label' }).fill(label);
	await page.getByRole('button', { name: 'Check code' }).click();
}

test('the client that support chose is still chosen after a reload', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/scan');
	await page.getByRole('button', { name: /^For Meadow Instruments/ }).click();
	const sheet = page.getByRole('dialog', { name: 'Who are these devices for?' });
	await sheet.getByRole('searchbox').fill('green');
	await sheet.getByRole('radio', { name: /^Green Farm/ }).press('Space');
	await sheet.getByRole('combobox', { name: 'Person' }).selectOption({ index: 0 });
	await sheet.getByRole('button', { name: 'Add for them' }).press('Enter');
	const chosen = page.getByRole('button', { name: /^For .* of Green Farm\. Change$/ });
	await chosen.waitFor();

	await page.reload();
	await chosen.waitFor();
	await type(page, at.cloud.labels[0]);
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	assert.deepEqual(mistakes(page), []);

	// Whoever signs in next in this tab has not chosen.
	await page.getByRole('button', { name: 'Done' }).click();
	await go(page, '/settings');
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.getByRole('button', { name: 'Maker' }).click();
	await go(page, '/scan');
	await page.getByRole('button', { name: /^For Meadow Instruments/ }).waitFor();
	await page.context().close();
});
