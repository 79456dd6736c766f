// Batches of labels: made from a number and from a table, exported, revoked.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { go, mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, focused, gone } from './support/wait.js';

const at = stage();

test('a batch is made, exported as a file and revoked', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await page.getByRole('link', { name: 'Batches' }).click();
	await page.getByText('With a button').waitFor();
	await page.getByRole('button', { name: 'New batch' }).click();
	await page.getByRole('textbox', { name: 'Name of the batch' }).fill('Line 2');
	await page.getByRole('textbox', { name: 'Number of labels' }).fill('12');
	await page.getByRole('button', { name: 'Make the batch' }).click();
	await page.getByRole('heading', { name: 'Line 2', level: 1 }).waitFor();
	await page.getByText('Line 2 07').waitFor();

	await page.getByRole('button', { name: 'Export', exact: true }).click();
	const coming = page.waitForEvent('download');
	await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click();
	const file = await coming;
	assert.equal(file.suggestedFilename(), 'Line 2.zip');
	const bytes = await readFile(await file.path());
	assert.equal(bytes.subarray(0, 2).toString(), 'PK');
	assert.ok(bytes.includes('labels/Line-2-07.png'), 'images are named by their labels');
	assert.ok(!/labels\/[^.]*sqr_/.test(bytes.toString('latin1')), 'and not by secrets');

	await page.getByRole('checkbox', { name: 'Line 2 07' }).check();
	await page.getByRole('button', { name: 'Revoke', exact: true }).click();
	await page.getByRole('heading', { name: 'Revoke 1 label?' }).waitFor();
	await page.getByRole('textbox', { name: 'Reason' }).fill('Smudged');
	await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
	await page.locator('label', { hasText: 'Line 2 07' }).getByText('Revoked').waitFor();
	await page.getByRole('button', { name: 'Revoke all unclaimed' }).click();
	await page.getByRole('heading', { name: 'Revoke 11 labels?' }).waitFor();
	await page.getByRole('textbox', { name: 'Reason' }).fill('Misprinted');
	await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
	await page.getByRole('button', { name: 'Revoke all unclaimed' }).waitFor({ state: 'detached' });
	await go(page, '/audit?action=revoke_tokens');
	for (const why of ['Smudged', 'Misprinted']) await page.getByText(`“${why}”`).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a long export says how much has come, and can be stopped', async () => {
	const maker = at.cloud.user(1);
	const asked = { templateId: 'TMPLsoil00001', name: 'Long line', count: 3 };
	const { id } = await (await at.cloud.call(maker, 'POST', 'static-tokens/batches', asked)).json();
	await at.cloud.made(maker, `static-tokens/batch?batchId=${id}`);
	const page = await open(at.browser);
	await page.addInitScript(endless, '/static-tokens/batch/export');
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, `/batches/${id}`);
	const begin = page.getByRole('button', { name: 'Export', exact: true });
	await begin.click();
	const sheet = page.getByRole('dialog', { name: 'Export Long line?' });
	await sheet.getByRole('button', { name: 'Export', exact: true }).click();
	await sheet.getByRole('progressbar', { name: '3 labels are coming: 1.5 MB so far.' }).waitFor();
	await picture(page, 'batch-export-coming');
	// It does not go on out of sight: closing asks first.
	await page.keyboard.press('Escape');
	await sheet.getByRole('alert').getByText('Closing this stops the export.').waitFor();
	await sheet.getByRole('button', { name: 'Stop the export' }).click();
	await sheet.waitFor({ state: 'detached' });
	await page.getByText('The export was stopped. Nothing was saved.').waitFor();
	await begin.waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

/** In the page: of this file the beginning comes, and the rest never does. */
function endless(path) {
	const real = window.fetch.bind(window);
	window.fetch = (target, init) => {
		if (!String(target).includes(path)) return real(target, init);
		const body = new ReadableStream({
			start(on) {
				on.enqueue(new Uint8Array(1_500_000));
				init.signal.addEventListener('abort', () => on.error(init.signal.reason));
			}
		});
		return Promise.resolve(new Response(body));
	};
}

test('all labels that are found are chosen beyond the page, and revoked together', async () => {
	const maker = at.cloud.user(1);
	const made = async (name, count) => {
		const asked = { templateId: 'TMPLsoil00001', name, count };
		const { id } = await (await at.cloud.call(maker, 'POST', 'static-tokens/batches', asked)).json();
		await at.cloud.made(maker, `static-tokens/batch?batchId=${id}`);
		return id;
	};
	const [recalled, kept] = [await made('Recalled', 1_200), await made('Kept', 3)];
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/batches/find?search=recalled');
	await page.getByText('50 of more than 1,000 shown').waitFor();
	await page.getByRole('checkbox', { name: 'Recalled 1199' }).check();
	const bar = page.getByRole('region', { name: 'Chosen labels' });
	await bar.getByText('1 label chosen').waitFor();
	// While they are gathered nothing is done with the one that is chosen, and it can be stopped.
	let release;
	const goesOn = new Promise((resolve) => (release = resolve));
	await page.route(/static-tokens\/find\?.*size=1000/, async (route) => {
		await goesOn;
		await route.continue();
	});
	const revoking = bar.getByRole('button', { name: 'Revoke', exact: true });
	await bar.getByRole('button', { name: 'Select all unclaimed found' }).click();
	await bar.getByText('Selecting: 0 so far').waitFor();
	assert.equal(await revoking.isDisabled(), true);
	await bar.getByRole('button', { name: 'Stop' }).click();
	await bar.getByText('1 label chosen').waitFor();
	assert.equal(await revoking.isDisabled(), false);
	await bar.getByRole('button', { name: 'Select all unclaimed found' }).click();
	await bar.getByText('Selecting: 0 so far').waitFor();
	release();
	await bar.getByText('1,200 labels chosen').waitFor();
	// One can be spared.
	await page.getByRole('checkbox', { name: 'Recalled 1200' }).uncheck();
	await bar.getByText('1,199 labels chosen').waitFor();
	await picture(page, 'labels-chosen');
	await bar.getByRole('button', { name: 'Revoke', exact: true }).click();
	const sheet = page.getByRole('dialog', { name: 'Revoke 1,199 labels?' });
	await sheet.getByRole('button', { name: 'Revoke', exact: true }).click();
	await sheet.waitFor({ state: 'detached' });
	await gone(bar);
	await focused(page.getByRole('heading', { name: 'Find labels', level: 1 }));
	const counts = async (id) => {
		const answer = await at.cloud.call(maker, 'GET', `static-tokens/batch?batchId=${id}`);
		const { unclaimed, revoked } = await answer.json();
		return [unclaimed, revoked];
	};
	assert.deepEqual(await counts(recalled), [1, 1_199]);
	assert.deepEqual(await counts(kept), [3, 0]);
	// What cannot be revoked is not to be chosen.
	await page.getByRole('checkbox', { name: 'Recalled 1200' }).check();
	await bar.getByRole('button', { name: 'Select the unclaimed one found' }).waitFor();
	await bar.getByRole('button', { name: 'Cancel' }).press('Enter');
	await gone(bar);
	await focused(page.getByRole('heading', { name: 'Find labels', level: 1 }));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a number in an address that is none leads to the list', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	for (const [path, list] of [
		['/batches/new', 'Batches'],
		['/devices/1e3', 'Devices'],
		['/people/0', 'People'],
		['/organizations/none', 'Organizations'],
		['/mailbox/-1', 'Mailbox']
	]) {
		await go(page, path);
		await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
		await page.getByText(`It is not among these: ${list}.`).waitFor();
	}
	await page.getByRole('main').getByRole('link', { name: 'Mailbox', exact: true }).click();
	await page.getByRole('heading', { level: 1, name: 'Mailbox' }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('what is not there leads to its list, and is not tried again', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	for (const [path, list] of [
		['/devices', 'Devices'],
		['/batches', 'Batches'],
		['/people', 'People']
	]) {
		await go(page, `${path}/9999`);
		const told = page.getByRole('alert').filter({ hasText: 'This is not here.' });
		await told.waitFor();
		assert.equal(await told.getByRole('button', { name: 'Try again' }).count(), 0, path);
		await told.getByRole('link', { name: `Back to ${list}` }).click();
		await told.waitFor({ state: 'detached' });
		assert.match(page.url(), new RegExp(`#${path}$`), path);
	}
	await page.context().close();
});

test('columns are taken for what their headers say, and what is wrong with rows is in sight at once', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/batches');
	await page.getByRole('button', { name: 'New batch' }).click();
	await page.getByRole('combobox', { name: 'Make it from' }).selectOption('A table (CSV)');
	const rows = ['name,mac', 'A,4A:33:54:68:C9:A1', 'B,4A:33:54:68:C9:A1', 'C,4A:33:54:68:C9'];
	await page.getByLabel('Choose').setInputFiles({
		name: 'pumps.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from(rows.join('\r\n'))
	});
	const outcome = page.getByText('1 of 3 rows are good');
	await outcome.waitFor();
	const column = (name) => page.getByRole('combobox', { name });
	assert.equal(await column("Column with the devices' names").inputValue(), 'name');
	assert.equal(await column('Column that identifies').inputValue(), 'mac');
	assert.equal(await column('What the number is').inputValue(), 'eui48');
	await eventually(async () => {
		const { y, height } = await outcome.boundingBox();
		assert.ok(y >= 0 && y + height <= 800, `it is at ${y}`);
	});
	// Whoever knows better says so.
	await column('Column that identifies').selectOption('No column');
	await page.getByText('3 of 3 rows are good').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('what a column identifies by is guessed from its values, and said', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/batches');
	await page.getByRole('button', { name: 'New batch' }).click();
	await page.getByRole('combobox', { name: 'Make it from' }).selectOption('A table (CSV)');
	await page.getByLabel('Choose').setInputFiles({
		name: 'pumps.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from('No;MAC\r\nP-1;4A:33:54:68:C9:F3\r\nP-2;4A:33:54:68:C9:F4\r\n')
	});
	const column = page.getByRole('combobox', { name: 'Column that identifies' });
	const kind = page.getByRole('combobox', { name: 'What the number is' });
	const is = (value) => eventually(async () => assert.equal(await kind.inputValue(), value));
	await column.selectOption('MAC');
	await is('eui48');
	const said = page.getByText('The column looks like this: MAC address (EUI-48).');
	await said.waitFor();
	await column.selectOption('No');
	await is('serial');
	await gone(said);
	// What somebody chose stays.
	await kind.selectOption('Own pattern');
	await column.selectOption('MAC');
	await is('pattern');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a table is looked through before it becomes a batch, and its labels are found', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/batches');
	await page.getByRole('button', { name: 'New batch' }).click();
	await page.getByRole('combobox', { name: 'Make it from' }).selectOption('A table (CSV)');
	await page.getByRole('textbox', { name: 'Name of the batch' }).fill('Pumps');
	const choose = (text) =>
		page.getByLabel('Choose').setInputFiles({
			name: 'pumps.csv',
			mimeType: 'text/csv',
			buffer: Buffer.from(text, 'utf16le')
		});
	await choose('\ufeffMAC\r\n');
	await page.getByText('The file is in UTF-16.').waitFor();
	await page.getByLabel('Choose').setInputFiles({
		name: 'pumps.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from('Device Name;MAC\r\nPump east;4A:33:54:68:C9:F1\r\nPump west;4A:33:54:68:C9\r\n')
	});
	await page.getByRole('combobox', { name: 'Column that identifies' }).selectOption('MAC');
	await page.getByRole('combobox', { name: 'What the number is' }).selectOption('MAC address (EUI-48)');
	await page.getByText('Line 3:').waitFor();
	const make = page.getByRole('button', { name: 'Make the batch' });
	await eventually(async () => assert.ok(await make.isDisabled(), 'nothing is imported unless told'));
	await page.getByRole('checkbox', { name: 'Make labels of the 1 good rows alone' }).check();
	await make.click();
	await page.getByRole('heading', { name: 'Pumps', level: 1 }).waitFor();

	await page.getByRole('link', { name: 'Find labels' }).click();
	// The page before has such a field as well.
	await page.getByRole('heading', { name: 'Find labels', level: 1 }).waitFor();
	await page.getByRole('searchbox', { name: 'Search by number' }).fill('3354');
	await page.getByText('Pump east').waitFor();
	await page.getByText('1 of 1 shown').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
