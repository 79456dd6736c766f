// A reload loses nothing that somebody decided or was promised: whom devices are for, and a label that a link brought.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { forgets, go, mistakes, open, signIn, tab } from './support/browser.js';
import { stage } from './support/stage.js';
import { gone, press } from './support/wait.js';

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
	await press(sheet.getByRole('button', { name: 'Add for them' }));
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

test('a label from a link waits through reloads, before the sign-in and after it, until it is decided about', async () => {
	const page = await open(at.browser);
	const label = at.cloud.labels[1];
	await page.goto(new URL(`/claim#${label}`, at.cloud.url).href);
	const waits = page.getByText('Sign in first. Then you decide whether to add the device.');
	await waits.waitFor();
	await page.reload();
	await waits.waitFor();
	await page.getByRole('button', { name: 'Customer' }).click();
	const question = page.getByRole('dialog', { name: "Add this device to Green Farm's devices?" });
	await question.waitFor();
	await page.reload();
	await question.getByRole('button', { name: 'Yes, add it' }).click();
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	await forgets(page, label);
	await page.reload();
	await page.getByRole('button', { name: 'Type the code instead' }).waitFor();
	await gone(page.getByRole('dialog'));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a label that went through the mail waits through reloads, too, and a no ends that', async () => {
	const page = await open(at.browser);
	await page.goto(new URL(`/claim#${at.cloud.labels[1]}`, at.cloud.url).href);
	await page.getByRole('button', { name: 'Create an account' }).click();
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('textbox', { name: 'E-mail' }).fill('otto@reload.example');
	await sheet.getByRole('button', { name: 'Send mail' }).click();
	await sheet.getByText('Your label goes along: wherever you open the mail').waitFor();
	const other = await tab(page.context(), page.said);
	await page.close();
	await other.goto(at.cloud.url);
	await other.getByRole('button', { name: 'Customer' }).click();
	const question = other.getByRole('dialog', { name: "Add this device to Green Farm's devices?" });
	await question.waitFor();
	await other.reload();
	await question.getByRole('button', { name: 'Cancel' }).click();
	await other.reload();
	await other.getByRole('button', { name: 'Type the code instead' }).waitFor();
	await gone(other.getByRole('dialog'));
	await other.context().close();
});
