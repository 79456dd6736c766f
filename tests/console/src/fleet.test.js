// A fleet of devices that there are not, as a tester starts, stops, replays and deletes it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { go, mistakes, open, picture, PHONE, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, focused, gone, press, tabTo, until } from './support/wait.js';

const at = stage({ faulty: true });

async function testers(options) {
	const page = await open(at.browser, options);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/testers');
	await page.getByRole('heading', { name: 'A fleet of devices', level: 2 }).waitFor();
	return page;
}

/** What the page says of the fleet: what was done is told to screen readers as well, elsewhere, and for a moment. */
const says = (page, text) =>
	page.getByRole('region', { name: 'A fleet of devices' }).getByText(text).waitFor();
/** What the cloud says of it, asked for beside the browser. */
const now = async () => (await at.cloud.call(at.cloud.user(1), 'GET', 'fleet')).json();
const made = async () =>
	(await at.cloud.devices(at.cloud.user(1))).filter((name) => name.startsWith('Simulated'));

/** Deletes the fleet's devices, after the page has asked and somebody thought better of it once. */
async function deletes(page, count) {
	const button = page.getByRole('button', { name: `Delete its ${count} devices` });
	const asked = page.getByRole('dialog', { name: `Delete the ${count} simulated devices?` });
	await button.click();
	await asked.getByText('They go for good, with all that they measured, told and uploaded.').waitFor();
	await asked.getByRole('button', { name: 'Cancel' }).click();
	await gone(asked);
	assert.equal((await made()).length, count);
	await button.click();
	await asked.getByRole('button', { name: 'Delete for good' }).click();
}

test('a hub fleet is started, seen to live, recorded, played again and deleted', async () => {
	const page = await testers();
	await page.getByRole('combobox', { name: 'How they reach the cloud' }).selectOption('by gateways');
	await page.getByRole('textbox', { name: 'How many devices' }).fill('8');
	await page.getByRole('textbox', { name: 'How many gateways' }).fill('2');
	await page.getByRole('textbox', { name: 'For how many seconds' }).fill('86400');
	await page.getByRole('textbox', { name: 'How many times faster' }).fill('10');
	await page.getByRole('textbox', { name: 'What befalls them' }).fill('clock-wrong=60/h:5s');
	await press(page.getByRole('button', { name: 'Start the fleet' }));
	await says(page, 'The fleet lives');
	// Progress comes by itself.
	await says(page, '10 connected');
	await picture(page, 'fleet');
	// Each has reported by then, and most more than once.
	await until(now, ({ done, sent }) => done >= 30 && sent >= 30);
	await page.getByRole('button', { name: 'Stop', exact: true }).click();
	await says(page, 'The fleet was stopped.');
	assert.equal((await made()).length, 10);
	const [saved] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Save what it did' }).click()
	]);
	const lines = (await readFile(await saved.path(), 'utf8'))
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	// The first says what kind of a fleet it was.
	assert.equal(new Set(lines.slice(1).map(({ device }) => device)).size, 10);
	// What was recorded comes to its end by itself.
	await page.getByRole('button', { name: 'Play it again' }).click();
	await says(page, 'The fleet has come to its end.');
	await deletes(page, 10);
	await says(page, 'There is no fleet.');
	assert.deepEqual(await made(), []);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a fleet is stopped, and what cannot be is not asked for, on a phone', async () => {
	const page = await testers({ viewport: PHONE });
	const count = page.getByRole('textbox', { name: 'How many devices' });
	await count.fill('10001');
	const start = page.getByRole('button', { name: 'Start the fleet' });
	await eventually(async () => assert.ok(await start.isDisabled()));
	await count.fill('3');
	await page.getByRole('textbox', { name: 'For how many seconds' }).fill('86400');
	await picture(page, 'fleet-phone');
	await start.click();
	await says(page, '3 connected');
	await page.getByRole('button', { name: 'Stop', exact: true }).click();
	await says(page, 'The fleet was stopped.');
	await says(page, '0 connected');
	await deletes(page, 3);
	await says(page, 'There is no fleet.');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a fleet is started, stopped and deleted with the keyboard alone, and the focus stays with it', async () => {
	const page = await testers();
	const fleet = page.getByRole('region', { name: 'A fleet of devices' });
	await tabTo(page, fleet.getByRole('textbox', { name: 'How many devices' }));
	await page.keyboard.press('Control+a');
	await page.keyboard.type('2');
	await tabTo(page, fleet.getByRole('textbox', { name: 'For how many seconds' }));
	await page.keyboard.press('Control+a');
	await page.keyboard.type('86400');
	await tabTo(page, fleet.getByRole('button', { name: 'Start the fleet' }));
	await page.keyboard.press('Enter');
	const stop = fleet.getByRole('button', { name: 'Stop', exact: true });
	await focused(stop);
	await says(page, '2 connected');
	await focused(stop);
	await page.keyboard.press('Enter');
	await focused(fleet.getByRole('button', { name: 'Save what it did' }));
	await tabTo(page, fleet.getByRole('button', { name: 'Delete its 2 devices' }));
	await page.keyboard.press('Enter');
	const asked = page.getByRole('dialog', { name: 'Delete the 2 simulated devices?' });
	await tabTo(page, asked.getByRole('button', { name: 'Delete for good' }));
	await page.keyboard.press('Enter');
	await says(page, 'There is no fleet.');
	await focused(fleet.getByRole('button', { name: 'Save what it did' }));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('support, who may not see the page for testers, is told so and not to try again', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/testers');
	await page.getByRole('heading', { name: 'This page is not for you to see', level: 1 }).waitFor();
	await page.getByRole('link', { name: 'Go to devices' }).waitFor();
	assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
