// What others do is on the screen without anybody asking for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';

const at = stage();

test('a device that support moves away leaves the list, and one that is taken back is there again', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	const device = page.getByRole('link', { name: 'Greenhouse north' });
	await device.waitFor();
	const support = await open(at.browser);
	await signIn(support, at.cloud.url, 'Maker');
	await go(support, '/organizations');
	await support.getByRole('heading', { name: 'Organizations' }).waitFor();
	const made = await at.cloud.call(at.cloud.user(1), 'POST', 'create', { name: 'Orchard Hill' });
	const { id } = await made.json();
	await support.getByRole('link', { name: /Orchard Hill/ }).waitFor();
	const moved = await at.cloud.call(at.cloud.user(2), 'POST', 'device/transfer', {
		deviceId: 1,
		newOrgId: id
	});
	assert.equal(moved.status, 204);
	await device.waitFor({ state: 'detached' });
	const undone = await at.cloud.call(at.cloud.user(2), 'POST', 'device/undo', { deviceId: 1 });
	assert.equal(undone.status, 200);
	await device.waitFor();
	assert.deepEqual([mistakes(page), mistakes(support)], [[], []]);
	await support.context().close();
	await page.context().close();
});

test('after the cloud was away, what happened meanwhile is there', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await at.cloud.down();
	await at.cloud.again();
	const claimed = await at.cloud.call(at.cloud.user(3), 'POST', 'static-tokens/claim', {
		token: at.cloud.labels[0]
	});
	assert.equal(claimed.status, 201);
	const { name } = await claimed.json();
	await page.getByRole('link', { name }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('the page of a device that is gone says that alone, leads to the list, and asks no more', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Tomato bed 2' }).click();
	await page.getByRole('heading', { level: 1, name: 'Tomato bed 2' }).waitFor();
	const id = Number(/devices\/(\d+)/.exec(page.url())?.[1]);
	const released = await at.cloud.call(at.cloud.user(3), 'POST', 'device/release', { deviceId: id });
	assert.equal(released.status, 200);
	await page.getByRole('alert').getByText('This is not here.').waitFor();
	await page.getByRole('heading', { name: 'Tomato bed 2' }).waitFor({ state: 'detached' });
	assert.equal(await page.getByRole('alert').count(), 1);
	assert.equal(await page.getByRole('button', { name: 'Rename' }).count(), 0);
	const asked = [];
	page.on('request', (request) => asked.push(request.url()));
	// Whatever else happens, which the page hears of, is nothing to this device.
	const renamed = await at.cloud.call(at.cloud.user(3), 'PUT', 'device?deviceId=1', { name: 'North house' });
	assert.equal(renamed.status, 200);
	await page.getByRole('link', { name: 'North house' }).waitFor();
	assert.deepEqual(
		asked.filter((url) => new RegExp(`deviceId=${id}\\b`).test(url)),
		[]
	);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('an organization where nobody has added a device says how its chart fills, and a chart has a scale', async () => {
	const made = await at.cloud.call(at.cloud.user(1), 'POST', 'create', { name: 'Quiet Valley' });
	const { id } = await made.json();
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, `/organizations/${id}`);
	await page.getByText('Nobody added a device in these days.').waitFor();
	assert.equal(await page.getByRole('list', { name: 'Claims by day' }).count(), 0);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
	const full = await open(at.browser);
	await signIn(full, at.cloud.url, 'Maker');
	await go(full, '/overview');
	// Some devices are not as high as the chart: beside it stands what its height means.
	await full.getByRole('figure', { name: 'Claims by day' }).getByText('4', { exact: true }).first().waitFor();
	assert.deepEqual(mistakes(full), []);
	await full.context().close();
});
