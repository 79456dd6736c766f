// German, by the browser's wish and by the person's.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, mistakes, open, picture, PHONE } from './support/browser.js';
import { stage } from './support/stage.js';

const at = stage();

test('a German browser gets German', async () => {
	const page = await open(at.browser, { viewport: PHONE, locale: 'de-AT' });
	await page.goto(at.cloud.url);
	await page.getByRole('button', { name: 'Kundin' }).click();
	await page.getByRole('heading', { name: 'Geräte', level: 1 }).waitFor();
	await page.locator('html[lang=de]').waitFor();
	await picture(page, 'german-devices');

	await go(page, '/scan');
	await page.getByRole('button', { name: 'Den Code eintippen' }).click();
	await page.getByRole('textbox', { name: 'Code auf dem Etikett' }).fill(at.cloud.labels[0]);
	await page.getByRole('button', { name: 'Code prüfen' }).click();
	await page.getByRole('dialog', { name: /ist jetzt bei den Geräten von Green Farm/ }).waitFor();
	await picture(page, 'german-outcome');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('the choice in the settings holds over a reload', async () => {
	const page = await open(at.browser);
	await page.goto(at.cloud.url);
	await page.getByRole('button', { name: 'Customer' }).click();
	await page.getByRole('list', { name: 'Devices' }).waitFor();
	await go(page, '/settings');
	await page.getByRole('combobox', { name: 'Language', exact: true }).selectOption('Deutsch');
	await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
	await page.reload();
	await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
	await picture(page, 'german-settings');
	await page.context().close();
});
