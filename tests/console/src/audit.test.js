// Who did what: found from a device, narrowed by its names, taken along as a file, checked.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { DESKTOP, fits, PHONE, go, mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, focused, gone } from './support/wait.js';

const at = stage();

const entry = (page, what) => page.getByRole('listitem').filter({ hasText: what });

test('the history of a device leads to who did what', async () => {
	for (const viewport of [DESKTOP, PHONE]) {
		const page = await open(at.browser, { viewport });
		await signIn(page, at.cloud.url, 'Support');
		await page.getByRole('link', { name: 'Orchard gate' }).click();
		await page.getByRole('button', { name: 'Show', exact: true }).click();
		await page.getByText(/^[\w-]{32}$/).waitFor();
		await page.getByRole('link', { name: 'History' }).click();
		await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
		await page.getByText('Only Orchard gate').waitFor();
		await entry(page, 'Secrets shown').first().waitFor();

		await page.getByRole('link', { name: 'Show all of Orchard gate again' }).click();
		await page.getByText('Only Orchard gate').waitFor({ state: 'detached' });
		await entry(page, 'Secrets shown').first().getByRole('link', { name: 'Sam Reed' }).click();
		await page.getByText('Only Sam Reed').waitFor();
		await page.getByLabel('Part').selectOption('affected');
		await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
		await page.getByRole('link', { name: 'Show everything' }).click();
		await entry(page, 'Secrets shown').first().waitFor();
		await fits(page);
		assert.deepEqual(mistakes(page), []);
		await page.context().close();
	}
});

test('what it is narrowed to stands in the address', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/audit?action=change_password&from=2020-01-01');
	await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
	const done = page.getByLabel('What was done');
	await eventually(async () => assert.equal(await done.inputValue(), 'change_password'));
	await done.selectOption('');
	await page.waitForURL(/#\/audit\?from=2020-01-01$/);
	await page.getByLabel('To').fill('2020-01-02');
	await page.waitForURL(/to=2020-01-02$/);
	await page.goBack();
	await page.waitForURL(/#\/audit\?from=2020-01-01$/);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('it is narrowed to somebody who is looked up by name', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/audit');
	const narrow = page.getByRole('button', { name: 'Only one person or thing' });
	await narrow.click();
	const sheet = page.getByRole('dialog', { name: 'Whose entries do you look for?' });
	await sheet.getByRole('searchbox').fill('sam');
	await sheet.getByRole('radio', { name: /Sam Reed/ }).press('Space');
	await sheet.getByRole('button', { name: 'Show only these' }).click();
	await page.waitForURL(/#\/audit\?person=\d+$/);
	await gone(sheet);
	// A device that is gone by now is known to the audit by its number.
	await narrow.click();
	await sheet.getByLabel('Look for').selectOption('A device');
	await sheet.getByRole('searchbox').fill('4711');
	await sheet.getByRole('radio', { name: 'Device no. 4711' }).press('Space');
	await sheet.getByRole('button', { name: 'Show only these' }).click();
	await page.waitForURL(/device=4711/);
	await fits(page);
	await page.context().close();
});

test('it is exported and checked', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await page.getByRole('link', { name: 'Audit' }).click();
	await page.getByRole('button', { name: 'Export' }).click();
	const sheet = page.getByRole('dialog', { name: 'Export' });
	const coming = page.waitForEvent('download');
	await sheet.getByRole('button', { name: 'Export' }).click();
	const file = await coming;
	assert.equal(file.suggestedFilename(), 'handover-audit.csv');
	const text = await readFile(await file.path(), 'utf8');
	assert.match(text, /^entry,sequence,time,action,/);
	assert.match(text, /,export_audit,1,Ada Marsh,/);
	await sheet.getByRole('button', { name: 'Done' }).click();
	await entry(page, 'Audit exported').first().waitFor();

	await page.getByRole('button', { name: 'Check for changes' }).click();
	const check = page.getByRole('dialog', { name: 'Check for changes' });
	await check.getByRole('button', { name: 'Check for changes' }).click();
	await check.getByText('Nobody has changed anything').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('arrow keys move in every list', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	for (const [path, heading] of [
		['/people', 'People'],
		['/audit', 'Audit']
	]) {
		await go(page, path);
		await page.getByRole('heading', { level: 1, name: heading }).waitFor();
		const rows = page.locator('[data-row]');
		await rows.nth(1).waitFor();
		await rows.first().focus();
		await page.keyboard.press('ArrowDown');
		await focused(rows.nth(1));
		await page.keyboard.press('ArrowUp');
		await focused(rows.first());
	}
	await page.context().close();
});

test('customers see no audit', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	await page.getByRole('heading', { level: 1, name: 'Orchard gate' }).waitFor();
	await gone(page.getByRole('link', { name: 'History' }));
	await gone(page.getByRole('link', { name: 'Audit' }));
	await page.context().close();
});

test('why a device was given up is read long after it is gone, in the words of whoever did it', async () => {
	const customer = at.cloud.user(3);
	const claimed = await at.cloud.call(customer, 'POST', 'static-tokens/claim', { token: at.cloud.labels[0] });
	const { id } = await claimed.json();
	const release = { deviceId: id, history: 'erase', reason: 'The barn burned down' };
	assert.equal((await at.cloud.call(customer, 'POST', 'device/release', release)).status, 200);
	for (const [locale, person, list, released, reason] of [
		['en-GB', 'Support', 'Devices', 'Device released', '“The barn burned down”'],
		['de-DE', 'Support', 'Geräte', 'Gerät abgegeben', '„The barn burned down“']
	]) {
		const page = await open(at.browser, { locale, viewport: PHONE });
		await page.goto(at.cloud.url);
		await page.getByRole('button', { name: person }).click();
		await page.getByRole('list', { name: list }).waitFor();
		await go(page, '/audit?action=release_device');
		await entry(page, released).getByText(reason).waitFor();
		await fits(page);
		assert.deepEqual(mistakes(page), []);
		await page.context().close();
	}
});
