// The list of devices in another order and with filters: the address keeps both, what is chosen follows them, and one press
// clears them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PHONE, go, mistakes, open, picture, screen, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, press } from './support/wait.js';

const at = stage();

const names = (page) => page.getByRole('list', { name: 'Devices' }).getByRole('link').allTextContents();

test('devices are sorted and filtered, a reload and the way back keep it, and one press clears it', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	const [order, state] = ['Order', 'State'].map((name) => page.getByRole('combobox', { name }));
	await order.selectOption('Name, A to Z');
	const sorted = (list) => list.toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
	await page.waitForFunction(() => new URLSearchParams(location.hash.split('?')[1]).get('sort') === 'name');
	await page.reload();
	await page.getByRole('link', { name: 'Tomato bed 2' }).waitFor();
	await eventually(async () => {
		const list = await names(page);
		assert.deepEqual(list, sorted(list), 'by name, after a reload, too');
	});
	const { length: count } = await names(page);
	const chosen = (picker, value) => eventually(async () => assert.equal(await picker.inputValue(), value));
	await chosen(order, 'name');

	await state.selectOption('Offline');
	await screen(page).getByText('2 devices', { exact: true }).waitFor();
	await picture(page, 'devices-filtered');
	await press(page.getByRole('button', { name: 'Select devices' }));
	const bar = page.getByRole('region', { name: 'Selected devices' });
	await press(bar.getByRole('button', { name: /^Select/ }));
	await bar.getByText('2 devices selected').waitFor();
	await press(bar.getByRole('button', { name: 'Cancel' }));
	// Back is what was before.
	await page.goBack();
	await screen(page).getByText(`${count} devices`, { exact: true }).waitFor();
	await chosen(state, '');

	await state.selectOption('Online');
	await page.getByRole('searchbox', { name: 'Search devices' }).fill('nothing of the kind');
	await page.getByText('No device matches these filters').waitFor();
	await press(page.getByRole('button', { name: 'Clear filters' }));
	// The order is no filter.
	await screen(page).getByText(`${count} devices`, { exact: true }).waitFor();
	await chosen(order, 'name');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('on a phone the choices are beside each other and within reach', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await signIn(page, at.cloud.url);
	await go(page, '/devices?sort=recently_seen&state=offline');
	await screen(page).getByText('2 devices', { exact: true }).waitFor();
	await picture(page, 'devices-filtered-phone');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
