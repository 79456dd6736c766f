// The list of devices in another order and with filters: the address keeps both, what is chosen follows them, and one press
// clears them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PHONE, go, mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';

const at = stage();

const names = (page) =>
	page.getByRole('list', { name: 'Devices' }).getByRole('link').allTextContents();

test('devices are sorted and filtered, a reload and the way back keep it, and one press clears it', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	const [order, state] = ['Order', 'State'].map((name) => page.getByRole('combobox', { name }));
	await order.selectOption('Name, A to Z');
	await page.waitForURL(/sort=name/);
	const sorted = (list) => list.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
	await page.waitForFunction(() => new URLSearchParams(location.hash.split('?')[1]).get('sort') === 'name');
	await page.reload();
	await page.getByRole('link', { name: 'Tomato bed 2' }).waitFor();
	const list = await names(page);
	assert.deepEqual(list, sorted(list), 'by name, after a reload, too');
	assert.equal(await order.inputValue(), 'name');

	await state.selectOption('Online');
	await page.getByText('1 device', { exact: true }).waitFor();
	await picture(page, 'devices-filtered');
	await page.getByRole('button', { name: 'Select devices' }).press('Enter');
	const bar = page.getByRole('region', { name: 'Selected devices' });
	await bar.getByRole('button', { name: /^Select/ }).press('Enter');
	await bar.getByText('1 device selected').waitFor();
	await bar.getByRole('button', { name: 'Cancel' }).press('Enter');
	await page.goBack();
	await page.getByText(`${list.length} devices`).waitFor();
	assert.equal(await state.inputValue(), '', 'back is what was before');

	await state.selectOption('Online');
	await page.getByRole('searchbox', { name: 'Search devices' }).fill('nothing of the kind');
	await page.getByText('No device matches these filters').waitFor();
	await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
	await page.getByText(`${list.length} devices`).waitFor();
	assert.equal(await order.inputValue(), 'name', 'the order is no filter');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('on a phone the choices are beside each other and within reach', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await signIn(page, at.cloud.url);
	await go(page, '/devices?sort=recently_seen&state=offline');
	await page.getByText('1 device', { exact: true }).waitFor();
	await picture(page, 'devices-filtered-phone');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
