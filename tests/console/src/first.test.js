// A maker's first hour: a cloud with nothing in it says on each screen what comes first, and the way there.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fits, go, isAccessible, launch, mistakes, open, PHONE, picture } from './support/browser.js';
import { Cloud } from './support/cloud.js';

const at = {};
before(async () => {
	at.cloud = await Cloud.start(undefined, false, false);
	at.browser = await launch();
});
after(async () => {
	await at.browser?.close();
	await at.cloud?.stop();
});

const PASSWORD = 'meadows and mills';

test('from a cloud without anything to a batch of labels, by what the screens say', async () => {
	const page = await open(at.browser);
	await page.goto(at.cloud.link);
	await page.getByRole('textbox', { name: 'Organization' }).fill('Meadow Instruments');
	await page.getByRole('textbox', { name: 'Your name' }).fill('Ada Marsh');
	await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@meadow.example');
	await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
	await page.keyboard.press('Enter');

	const first = page.getByRole('heading', { name: 'Begin with a template' });
	for (const place of ['/devices', '/batches', '/batches/find']) {
		await go(page, place);
		await first.first().waitFor();
		await fits(page);
		await isAccessible(page);
		await picture(page, `first${place.replaceAll('/', '-')}`);
	}
	await go(page, '/devices');
	await page.getByRole('link', { name: 'To the templates' }).click();
	await page.getByRole('heading', { name: 'No templates yet' }).waitFor();
	await picture(page, 'first-templates');
	await page.getByRole('button', { name: 'New template' }).click();
	const sheet = page.getByRole('dialog', { name: 'New template' });
	await sheet.getByRole('textbox', { name: 'Name of the template' }).fill('Weather station');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('heading', { name: 'Weather station', level: 1 }).waitFor();

	// There are no labels and no devices still, and both can be made now.
	await go(page, '/devices');
	await page.getByRole('button', { name: 'Make devices' }).waitFor();
	await picture(page, 'first-devices-with-template');
	await page.getByRole('main').getByRole('link', { name: 'Batches' }).click();
	await page.getByRole('button', { name: 'New batch' }).click();
	await page.getByRole('textbox', { name: 'Name of the batch' }).fill('Line 1');
	await page.getByRole('button', { name: 'Make the batch' }).click();
	await page.getByRole('heading', { name: 'Line 1', level: 1 }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('on a phone the way is the same', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await page.goto(at.cloud.url);
	await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@meadow.example');
	await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: 'Make devices' }).waitFor();
	await fits(page);
	await picture(page, 'first-devices-phone');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
