// A filmed label as the camera: claimed, named, listed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, mistakes, open, picture, PHONE, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone } from './support/wait.js';

const at = stage({ filmed: true });

test('a label in front of the camera becomes a device in the list', async () => {
	const page = await open(at.browser);
	const customer = at.cloud.user(3);
	await signIn(page, at.cloud.url);
	const before = await at.cloud.devices(customer);

	await page.getByRole('link', { name: 'Add device' }).first().click();
	const outcome = page.getByRole('dialog', { name: /is now in Green Farm's devices/ });
	await outcome.waitFor();
	await picture(page, 'scan-outcome');

	await outcome.getByRole('textbox', { name: 'Name' }).fill('Barn door');
	await outcome.getByRole('button', { name: 'Done' }).click();
	await page.getByRole('heading', { name: 'Barn door', level: 1 }).waitFor();

	assert.deepEqual((await at.cloud.devices(customer)).sort(), [...before, 'Barn door'].sort());
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('the same label again is said to be theirs already, and not claimed twice', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	const customer = at.cloud.user(3);
	await signIn(page, at.cloud.url);
	const before = await at.cloud.devices(customer);

	await page.getByRole('link', { name: 'Scan' }).click();
	const outcome = page.getByRole('dialog', { name: /is in Green Farm's devices already/ });
	await outcome.waitFor();
	await picture(page, 'scan-already-yours');

	// It still lies in front of the camera, and is left alone.
	await outcome.getByRole('button', { name: 'Add another' }).click();
	await page.getByText('This label is done. Show the next one.').waitFor();
	await picture(page, 'scan-live');
	await gone(page.getByRole('dialog'));
	assert.deepEqual(await at.cloud.devices(customer), before);
	await page.context().close();
});

test('light and zoom are there where the camera has them, by button and by key', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await page.addInitScript(() => {
		const track = MediaStreamTrack.prototype;
		window.wished = [];
		track.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 2, step: 0.1 } });
		track.applyConstraints = async ({ advanced }) => void window.wished.push(...advanced);
		// Nothing is found, so that the scan goes on.
		window.createImageBitmap = () => new Promise(() => {});
	});
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Scan' }).click();

	await page.getByRole('button', { name: 'Zoom in' }).click();
	await page.getByRole('group', { name: 'Zoom' }).getByText('1.3×').waitFor();
	await page.getByRole('button', { name: 'Turn the light on' }).click();
	await page.getByRole('button', { name: 'Turn the light off' }).waitFor();
	await picture(page, 'scan-zoom');
	for (const key of ['+', '+', '+', '-', 'l']) await page.keyboard.press(key);
	await page.getByRole('button', { name: 'Turn the light on' }).waitFor();

	const wished = [
		{ zoom: 1.25 },
		{ torch: true },
		{ zoom: 1.5625 },
		{ zoom: 1.953125 },
		{ zoom: 2 },
		{ zoom: 1.6 },
		{ torch: false }
	];
	await eventually(async () => assert.deepEqual(await page.evaluate(() => window.wished), wished));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('leaving the scan frees the camera', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.evaluate(() => {
		const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = async (wanted) => (window.filmed = await real(wanted));
	});
	await go(page, '/scan');
	await page.waitForFunction(() => window.filmed);
	await go(page, '/settings');
	await page.waitForFunction(() => window.filmed.getTracks().every((track) => track.readyState === 'ended'));
	await page.context().close();
});
