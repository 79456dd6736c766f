// A device comes to life while somebody looks: its state in the list, its values, a chart, and what people have it do.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';

import { isAccessible, mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone } from './support/wait.js';

const at = stage();

/** What one of the demo's devices says over the HTTPS API; the third where nothing else is said. */
async function says(path, query, index = 2) {
	const { authToken } = at.cloud.demo.tokens[index];
	const to = new URL(`/external/api/${path}?token=${authToken}&${query}`, at.cloud.url);
	const answer = await fetch(to);
	assert.equal(answer.status, 200);
	return answer.text();
}

test('what a device says is on its page without anybody asking for it', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	const row = page.getByRole('listitem').filter({ hasText: 'Orchard gate' });
	await row.getByText('Not connected yet').waitFor();
	await says('update', 'v1=23.5');
	await row.getByText('Online').waitFor();
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	const values = page.getByRole('region', { name: 'Values' });
	await values.getByText('23.5 %').waitFor();
	await says('update', 'v1=24.5');
	await values.getByText('24.5 %').waitFor();
	await says('logEvent', 'code=too_dry&description=Bed 7');
	await page.getByRole('region', { name: 'Events' }).getByText('The soil is too dry: Bed 7').waitFor();
	const chart = page.getByRole('img', { name: 'Moisture over time' });
	await chart.focus();
	await page.keyboard.press('End');
	await page
		.getByRole('region', { name: 'Chart' })
		.getByText(/2[34](\.5)? %/)
		.first()
		.waitFor();
	await isAccessible(page);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('people set what they may set, and the device reads it', async () => {
	await says('update', 'v1=24.5');
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	const values = page.getByRole('region', { name: 'Values' });
	await values.getByRole('button', { name: 'Set Interval' }).click();
	const sheet = page.getByRole('dialog', { name: 'Set Interval' });
	await sheet.getByRole('textbox').fill('30');
	await sheet.getByRole('button', { name: 'Set', exact: true }).click();
	await sheet.waitFor({ state: 'detached' });
	await values.getByText('30', { exact: true }).waitFor();
	// It speaks over HTTPS: nothing can be sent to it, and it has that once it asks.
	await values.getByText('Waits for the device').waitFor();
	assert.equal(await says('get', 'v5'), '30');
	await gone(values.getByText('Waits for the device'));
	await values.getByRole('button', { name: 'Set Light' }).click();
	const light = page.getByRole('dialog', { name: 'Set Light' });
	await light.getByRole('radio', { name: 'on' }).check();
	await light.getByRole('button', { name: 'Set', exact: true }).click();
	await values.getByText('on', { exact: true }).waitFor();
	assert.equal(await says('get', 'v0'), '1');
	await gone(values.getByRole('button', { name: 'Set Moisture' }));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

const MINUTE = 60_000;

/** What the device measured a while ago: each a minute after the one before. */
async function measured(minutes) {
	const { authToken } = at.cloud.demo.tokens[2];
	const points = minutes.map((minute, index) => [Date.now() - minute * MINUTE, 20 + index]);
	const to = new URL(`/external/api/batch/update?token=${authToken}&pin=v1`, at.cloud.url);
	const headers = { 'Content-Type': 'application/json' };
	const answer = await fetch(to, { method: 'POST', headers, body: JSON.stringify(points) });
	assert.equal(answer.status, 200);
}

/** The demo's second device signs in over a connection, hears of this pin, gives a sign of life, and hangs up. */
function comesAndHears(pin) {
	const { authToken } = at.cloud.demo.tokens[1];
	const { hostname, port } = new URL(at.cloud.url);
	const message = (command, id, body) =>
		Buffer.concat([Buffer.from([command, 0, id, 0, body.length]), Buffer.from(body)]);
	return new Promise((resolve, reject) => {
		const device = connect({ host: hostname, port: Number(port) });
		let heard = Buffer.alloc(0);
		let alive = false;
		device.on('error', reject).on('close', resolve);
		device.on('data', (data) => {
			if (alive) return device.end();
			heard = Buffer.concat([heard, data]);
			alive = heard.includes(`vw\0${pin}\0`);
			if (alive) device.write(message(6, 2, ''));
		});
		device.write(message(29, 1, authToken));
	});
}

test('what is set for a device that is away is said to wait, and what a number out of its range became', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Tomato bed 2' }).click();
	const values = page.getByRole('region', { name: 'Values' });
	await values.getByRole('button', { name: 'Set Interval' }).click();
	const sheet = page.getByRole('dialog', { name: 'Set Interval' });
	await sheet.getByText('From 1 to 1,440').waitFor();
	await sheet.getByRole('textbox').fill('5000');
	await sheet.getByRole('button', { name: 'Set', exact: true }).click();
	await values.getByText('Set to 1,440, the most that Interval takes.').waitFor();
	await values.getByText('Waits for the device').waitFor();
	await isAccessible(page);
	await picture(page, 'device-value-waits');
	await comesAndHears(5);
	await gone(values.getByText('Waits for the device'));
	await values.getByText('1,440', { exact: true }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('what hides in a text of a device is seen, and turns nothing around', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await says('update', `v6=${encodeURIComponent('on\u202Effo')}`);
	await says('logEvent', `code=too_dry&description=${encodeURIComponent('Bed \u202E7')}`);
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	await page.getByRole('region', { name: 'Values' }).getByText('on⟨U+202E⟩ffo').waitFor();
	await page.getByRole('region', { name: 'Events' }).getByText('Bed ⟨U+202E⟩7').waitFor();
	await page.context().close();
});

/** The device signs in over a connection, and hangs up. */
function comesAndGoes() {
	const { authToken } = at.cloud.demo.tokens[2];
	const { hostname, port } = new URL(at.cloud.url);
	return new Promise((resolve, reject) => {
		const device = connect({ host: hostname, port: Number(port) });
		device.on('error', reject).on('close', resolve);
		device.on('data', () => device.end());
		device.write(Buffer.concat([Buffer.from([29, 0, 1, 0, 32]), Buffer.from(authToken)]));
	});
}

test('a chart is zoomed by buttons, keys, wheel and dragging, and has gaps', async () => {
	await measured([50, 49, 48, 47, 46, 45, 44, 20, 19, 18, 17, 16, 15]);
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	const region = page.getByRole('region', { name: 'Chart' });
	await region.getByRole('combobox', { name: 'Time' }).selectOption({ index: 0 });
	const chart = region.getByRole('img', { name: 'Moisture over time' });
	// The line ends where nothing was said for long, and begins anew.
	await region
		.getByText('The line breaks where the device said nothing for much longer than usual.')
		.waitFor();
	await eventually(async () => assert.ok((await chart.locator('polyline').count()) >= 2));
	/** What is in view, once it is something else than before. */
	const ends = async () => (await region.locator('.ends span').allInnerTexts()).join(' – ');
	const changes = async (act) => {
		const before = await ends();
		await act();
		await eventually(async () => assert.notEqual(await ends(), before));
		return before;
	};
	const whole = await changes(() => region.getByRole('button', { name: 'Zoom in' }).click());
	await changes(() => region.getByRole('button', { name: 'Earlier' }).click());
	await chart.focus();
	await changes(() => page.keyboard.press('+'));
	await changes(() => page.keyboard.press('Shift+ArrowRight'));
	await changes(() => page.keyboard.press('-'));
	// All of the last hour again, which may be a minute further by now.
	await page.keyboard.press('0');
	const starts = (text) => Date.parse(`1 Jan 2000 ${text.match(/\d\d:\d\d/)[0]}`);
	await eventually(async () => {
		const later = (starts(await ends()) - starts(whole) + 24 * 60 * MINUTE) % (24 * 60 * MINUTE);
		assert.ok(later <= 10 * MINUTE, `${await ends()} after ${whole}`);
	});
	const box = await chart.boundingBox();
	const [x, y] = [(share) => box.x + share * box.width, box.y + box.height / 2];
	await changes(async () => {
		await page.mouse.move(x(0.1), y);
		await page.mouse.down();
		await page.mouse.move(x(0.4), y, { steps: 3 });
		await page.mouse.up();
	});
	await changes(() => page.mouse.wheel(0, 100));
	// It ends at five minutes, and says so.
	await region.getByRole('button', { name: 'Reset' }).click();
	const nearer = region.getByRole('button', { name: 'Zoom in' });
	for (let times = 0; times < 4; times += 1) await changes(() => nearer.click());
	const end = region.getByText('This is as close as it gets: 5 minutes, with a point for each minute.');
	await end.waitFor();
	assert.ok(await nearer.isDisabled());
	await isAccessible(page);
	await region.getByRole('button', { name: 'Reset' }).click();
	await gone(end);
	// Where it was away there is grey, and no line goes through it.
	await comesAndGoes();
	await region.getByText('Grey: the device was away').waitFor();
	await eventually(async () => assert.equal(await chart.locator('rect.away').count(), 1));
	await eventually(async () => assert.equal(await chart.locator('rect.away ~ polyline').count(), 0));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
