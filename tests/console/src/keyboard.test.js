// The whole way without a pointer: sign in, import a picture, claim, rename, back. The focus is never lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { choosing, go, mistakes, open, screen, signIn } from './support/browser.js';
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
	await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
	await focused(page.getByRole('list', { name: 'Devices' }).getByRole('link', { name: 'Cellar pump 2' }));

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

test('back leads to the list that something was chosen from, as it was, and to its row', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/devices/2?search=tomato&sort=name');
	await page.getByRole('heading', { name: 'Tomato bed 2', level: 1 }).waitFor();
	const row = page.getByRole('list', { name: 'Devices' }).getByRole('link', { name: 'Tomato bed 2' });
	await row.waitFor();
	await page.keyboard.press('Escape');
	await focused(row);
	assert.match(page.url(), /#\/devices\?search=tomato&sort=name$/);
	assert.equal(await page.getByRole('searchbox', { name: 'Search devices' }).inputValue(), 'tomato');
	for (const [path, list] of [
		['/people/3', 'People'],
		['/organizations/2', 'Organizations'],
		['/templates/TMPLsoil00001', 'Templates']
	]) {
		await go(page, path);
		const rows = page.getByRole('list', { name: list, exact: true });
		await rows.locator(`a[href="#${path}"]`).waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('heading', { name: list, level: 1 }).waitFor();
		await focused(rows.locator(`a[href="#${path}"]`));
		assert.ok(page.url().endsWith(`#/${list.toLowerCase()}`), page.url());
		// From the list itself there is nowhere to go.
		await page.keyboard.press('Escape');
		await page.keyboard.press('?');
		await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		assert.ok(page.url().endsWith(`#/${list.toLowerCase()}`), page.url());
	}
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('the key that searches leads to the field of the list that is shown', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/batches');
	await page.getByRole('heading', { name: 'Batches', level: 1 }).waitFor();
	await page.keyboard.press('/');
	await focused(page.getByRole('main').getByRole('searchbox').first());
	assert.match(page.url(), /#\/batches$/);
	// Where there is nothing to search, it is the devices.
	await go(page, '/overview');
	await focused(page.getByRole('heading', { level: 1 }));
	await page.keyboard.press('/');
	await focused(page.getByRole('searchbox', { name: 'Search devices' }));
	assert.match(page.url(), /#\/devices$/);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
