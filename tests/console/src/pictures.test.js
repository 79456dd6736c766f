// Pictures by button, drop and paste, a label to try, and bad input: each with a clear answer.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { go, mistakes, open, picture, PHONE, signIn } from './support/browser.js';
import { photograph, stage } from './support/stage.js';

const at = stage();

async function scanning(look) {
	const page = await open(at.browser, look);
	await signIn(page, at.cloud.url);
	await go(page, '/scan');
	await page.getByRole('heading', { name: 'Add a device' }).waitFor();
	return page;
}

/** Hands a file to the page as a drop or a paste would. */
function give(page, kind, bytes) {
	return page.evaluate(
		({ kind, bytes }) => {
			const transfer = new DataTransfer();
			transfer.items.add(new File([new Uint8Array(bytes)], 'label.png', { type: 'image/png' }));
			const target = document.querySelector('main h1');
			const event =
				kind === 'drop'
					? new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer })
					: new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: transfer });
			target.dispatchEvent(event);
		},
		{ kind, bytes: [...bytes] }
	);
}

test('without a camera it says so, and what else there is', async () => {
	const page = await scanning({ viewport: PHONE });
	await page.getByRole('alert').getByText('No camera was found.').waitFor();
	await picture(page, 'scan-no-camera');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a picture by drop is claimed, the same one by paste is theirs already', async () => {
	const page = await scanning();
	const bytes = await readFile(await photograph(at.cloud, at.cloud.labels[0]));
	await give(page, 'drop', bytes);
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	await page.getByRole('button', { name: 'Add another' }).click();
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	await give(page, 'paste', bytes);
	await page.getByRole('dialog', { name: /is in Green Farm's devices already/ }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a label to try is shown and read from the screen', async () => {
	const page = await scanning();
	await page.getByRole('button', { name: 'Show me a label to try' }).click();
	const sheet = page.getByRole('dialog', { name: 'A label to try' });
	await sheet.getByRole('img', { name: 'Label with a square code' }).waitFor();
	await picture(page, 'try-label');
	await sheet.getByRole('button', { name: 'Use this label' }).click();
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** A PNG's head that claims 30,000 by 30,000 pixels. */
const HUGE = [...PNG, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0];
const ONE_PIXEL = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64'
);

test('bad pictures', async (t) => {
	const page = await scanning();
	const rows = [
		['an empty file', [], 'This picture is empty.'],
		['a truncated PNG', PNG, "This picture can't be opened."],
		['a PNG of one pixel', [...ONE_PIXEL], 'There is no code in this picture.'],
		['30,000 by 30,000 pixels', HUGE, 'This picture is too large.'],
		['a PDF named .png', [...Buffer.from('%PDF-1.7 and so on')], 'This file is not a picture.']
	];
	for (const [name, bytes, answer] of rows) {
		await t.test(name, async () => {
			await give(page, 'drop', bytes);
			const sheet = page.getByRole('dialog', { name: answer });
			await sheet.getByText('What to do now').waitFor();
			await sheet.getByRole('button', { name: 'Scan again' }).click();
			await sheet.waitFor({ state: 'detached' });
		});
	}
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('typed codes', async (t) => {
	const page = await scanning();
	const rows = [
		['an IMEI', '490154203237518', 'This names a device, but does not prove that you have it.'],
		['a price tag', 'https://example.com/shop', 'This code does not add a device here.'],
		['a code with a letter missing', 'sqr_tooshort', 'Something in this code is wrong.'],
		['what may be a device’s own key', 'A'.repeat(31) + 'b', "Is this the device's own code?"],
		['4 KiB of text', 'x'.repeat(4096), /./],
		['Unicode', '🌱 Gewächshaus \u202e', /./]
	];
	for (const [name, text, answer] of rows) {
		await t.test(name, async () => {
			await page.getByRole('button', { name: 'Type the code instead' }).click();
			await page.getByRole('textbox', { name: 'Code on the label' }).fill(text);
			await page.getByRole('button', { name: 'Check code' }).click();
			await page.getByRole('dialog', { name: 'Type the code' }).waitFor({ state: 'detached' });
			await page.getByRole('dialog', { name: answer }).waitFor();
			if (name === 'an IMEI') await picture(page, 'explained');
			await page.keyboard.press('Escape');
			await page.getByRole('dialog').waitFor({ state: 'detached' });
		});
	}
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
