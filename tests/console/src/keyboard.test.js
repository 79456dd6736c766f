// The whole way without a pointer: sign in, import a picture, claim, rename, back. The focus is never lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { choosing, mistakes, open, screen } from './support/browser.js';
import { photograph, stage } from './support/stage.js';
import { focused, tabTo } from './support/wait.js';

const at = stage();

test('a customer adds a device with the keyboard alone', async () => {
	const page = await open(at.browser);
	const file = await photograph(at.cloud, at.cloud.labels[0]);
	const { email, password } = at.cloud.user(3);
	choosing(page, file);

	await page.goto(at.cloud.url);
	await page.getByRole('button', { name: 'Customer' }).waitFor();
	await tabTo(page, page.getByRole('textbox', { name: 'E-mail', exact: true }).first());
	await page.keyboard.type(email);
	await page.keyboard.press('Tab');
	await page.keyboard.type(password);
	await page.keyboard.press('Enter');
	await page.getByRole('list', { name: 'Devices' }).waitFor();

	await page.keyboard.press('a');
	await focused(page.getByRole('heading', { name: 'Add a device' }));

	await tabTo(page, page.getByRole('button', { name: 'Read a picture', exact: true }).first());
	await page.keyboard.press('Enter');
	const outcome = page.getByRole('dialog', { name: /is now in Green Farm's devices/ });
	await focused(outcome.getByRole('heading', { name: /is now in Green Farm's devices/ }));

	await tabTo(page, page.getByRole('textbox', { name: 'Name', exact: true }).first());
	await page.keyboard.press('Control+a');
	await page.keyboard.type('Cellar pump');
	await tabTo(page, page.getByRole('button', { name: 'Done', exact: true }).first());
	await page.keyboard.press('Enter');
	await focused(page.getByRole('heading', { name: 'Cellar pump', level: 1 }));

	await tabTo(page, page.getByRole('button', { name: 'Rename', exact: true }).first());
	await page.keyboard.press('Enter');
	await focused(page.getByRole('textbox', { name: 'Name' }));
	await page.keyboard.press('Control+a');
	await page.keyboard.type('Cellar pump 2');
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Cellar pump 2', level: 1 }).waitFor();
	await focused(page.getByRole('button', { name: 'Rename' }));

	await page.keyboard.press('Escape');
	await focused(page.getByRole('heading', { name: 'Devices', level: 1 }));

	assert.ok((await at.cloud.devices(at.cloud.user(3))).includes('Cellar pump 2'));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('shortcuts: search, move in the list, palette, help', async () => {
	const page = await open(at.browser);
	await page.goto(at.cloud.url);
	await page.getByRole('button', { name: 'Customer' }).click();
	await page.getByRole('list', { name: 'Devices' }).waitFor();

	await page.keyboard.press('/');
	await page.keyboard.type('tomato');
	await screen(page).getByText('1 device', { exact: true }).waitFor();
	await page.keyboard.press('Escape');
	await page.getByRole('link', { name: 'Orchard gate' }).waitFor();

	await page.getByRole('list', { name: 'Devices' }).getByRole('link').first().focus();
	await page.keyboard.press('ArrowDown');
	const second = page.getByRole('list', { name: 'Devices' }).getByRole('link').nth(1);
	await focused(second);

	await page.keyboard.press('Control+k');
	await page.keyboard.type('orchard');
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Orchard gate', level: 1 }).waitFor();

	await page.keyboard.press('?');
	await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });

	await page.keyboard.press('r');
	await page.getByText('The list is up to date.').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
