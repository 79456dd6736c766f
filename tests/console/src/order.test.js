// The list of devices in another order and with filters: the address keeps both, what is chosen follows them, and one press
// clears them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PHONE, go, mistakes, open, picture, screen, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone, press } from './support/wait.js';

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
	// Whoever comes back to another list begins anew, and not with none of it.
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
	await go(page, '/devices?sort=name');
	await screen(page).getByText(`${count} devices`, { exact: true }).waitFor();
	await gone(bar);
	// A range is chosen with Shift, and is there after a while elsewhere.
	await press(page.getByRole('button', { name: 'Select devices' }));
	const boxes = page.getByRole('list', { name: 'Devices' }).getByRole('checkbox');
	await boxes.nth(0).click();
	await boxes.nth(2).click({ modifiers: ['Shift'] });
	await bar.getByText('3 devices selected').waitFor();
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
	await page.goBack();
	await bar.getByText('3 devices selected').waitFor();
	await press(bar.getByRole('button', { name: 'Cancel' }));
	await go(page, '/devices?sort=name&state=offline');
	await screen(page).getByText('2 devices', { exact: true }).waitFor();
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
