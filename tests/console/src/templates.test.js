// Kinds of devices: made, filled with datastreams, metadata and events, and deleted.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DESKTOP, PHONE, go, mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';

const at = stage();

test('a template is made, filled, and deleted', async () => {
	const page = await open(at.browser, { viewport: DESKTOP });
	await signIn(page, at.cloud.url, 'Support');
	await page.getByRole('link', { name: 'Templates' }).click();
	await page.getByText('Choose a template').waitFor();
	await page.getByRole('button', { name: 'New template' }).click();
	await page.getByRole('textbox', { name: 'Name of the template' }).fill('Water valve');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('heading', { name: 'Water valve', level: 1 }).waitFor();

	await page.getByRole('button', { name: 'Add datastream' }).click();
	await page.getByRole('textbox', { name: 'Name of the datastream' }).fill('Opening');
	await page.getByRole('combobox', { name: 'Its values are' }).selectOption('Whole numbers');
	await page.getByRole('textbox', { name: 'The least value' }).fill('100');
	await page.getByRole('textbox', { name: 'The greatest value' }).fill('0');
	await page.getByRole('checkbox', { name: 'People may set it' }).check();
	await picture(page, 'template-datastream');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('The least is above the greatest. Swap them.').waitFor();
	await page.getByRole('textbox', { name: 'The least value' }).fill('0');
	await page.getByRole('textbox', { name: 'The greatest value' }).fill('100');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('V0 · Opening').waitFor();
	await page.getByText('Whole numbers · 0 … 100 · can be set').waitFor();

	await page.getByRole('button', { name: 'Add event' }).click();
	await page.getByRole('textbox', { name: 'Name of the event' }).fill('Stuck');
	await page.getByRole('textbox', { name: 'Code in the firmware' }).fill('stuck');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('stuck · Somebody should look').waitFor();
	await page.getByRole('button', { name: 'Remove Stuck' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await page.getByText('stuck · Somebody should look').waitFor({ state: 'detached' });

	await page.getByRole('button', { name: 'Delete template' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete template' }).click();
	await page.getByRole('link', { name: 'Water valve' }).waitFor({ state: 'detached' });
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('what devices are made of stays, on a phone in the dark', async () => {
	const page = await open(at.browser, { viewport: PHONE, colorScheme: 'dark' });
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/templates');
	await page.getByRole('link', { name: 'Soil sensor' }).click();
	await page.getByText('V9 · Acidity').waitFor();
	await picture(page, 'template-phone-dark');
	await page.getByRole('button', { name: 'Delete template' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete template' }).click();
	await page.getByText('Made of it: 3 devices, 15 labels, 1 batches.').waitFor();
	await picture(page, 'template-in-use');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
