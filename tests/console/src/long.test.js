// Ten thousand devices in the list: few of them are in the page, whoever scrolls or uses the keyboard reaches all of them, and no
// frame is late for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';

const at = stage();

const COUNT = 10_000;
/** Rows that may be in the page: what fits, and as many again on either side. */
const MOST_ROWS = 60;

/** The maker makes them. */
async function prepare() {
	const admin = at.cloud.user(1);
	const asked = await at.cloud.call(admin, 'POST', 'devices/create', {
		templateId: 'TMPLsoil00001',
		name: 'Pump {n}',
		count: COUNT
	});
	const { id } = await asked.json();
	for (let state = 'making'; state !== 'ready';) {
		await new Promise((resolve) => setTimeout(resolve, 250));
		({ state } = await (await at.cloud.call(admin, 'GET', `devices/work?workId=${id}`)).json());
		assert.notEqual(state, 'failed');
	}
}

/** What is in the page of the list. */
const seen = (page) =>
	page.getByRole('list', { name: 'Devices' }).evaluate((list) => {
		const rows = [...list.querySelectorAll('li')];
		return {
			rows: rows.length,
			nodes: document.querySelectorAll('*').length,
			places: rows.map((row) => Number(row.getAttribute('aria-posinset'))),
			size: Number(rows[0]?.getAttribute('aria-setsize')),
			height: list.scrollHeight
		};
	});

/** Scrolls down until all rows were read, and gives the longest time between two frames meanwhile, and how many frames. */
const scrolled = (page) =>
	page.getByRole('list', { name: 'Devices' }).evaluate(async (list, count) => {
		let pane = list;
		while (pane && !/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement;
		const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
		const times = [];
		let most = 0;
		for (let last = await frame(), still = 0; still < 300;) {
			const before = pane.scrollTop;
			pane.scrollTop += 600;
			const now = await frame();
			times.push(now - last);
			last = now;
			most = Math.max(most, list.querySelectorAll('li').length);
			const end = list.querySelector('li:last-of-type')?.getAttribute('aria-posinset');
			if (Number(end) >= count) break;
			// While the next page is on its way there is nothing to scroll to.
			still = pane.scrollTop === before ? still + 1 : 0;
		}
		times.sort((one, other) => one - other);
		return {
			frames: times.length,
			most,
			median: times[times.length >> 1],
			late: times.filter((time) => time > 100).length
		};
	}, COUNT);

test('ten thousand rows are a few nodes, wherever one is', async () => {
	await prepare();
	const page = await open(at.browser);
	page.setDefaultTimeout(20_000);
	await signIn(page, at.cloud.url, 'Maker');
	// Once somebody has asked for more, it comes as they scroll.
	await page.getByRole('button', { name: 'Show more' }).click();
	await page.getByText(/^100 of/).waitFor();
	const start = await seen(page);
	const report = await scrolled(page);
	const end = await seen(page);
	console.log(`# ${JSON.stringify({ start: start.nodes, end: end.nodes, ...report })}`);
	assert.ok(end.size >= COUNT, `a screen reader hears of ${end.size}`);
	assert.ok(end.places.at(-1) >= COUNT, 'all of them were read on the way');
	assert.ok(report.most <= MOST_ROWS + 100, `${report.most} rows were there`);
	assert.ok(end.rows <= MOST_ROWS, `${end.rows} rows are there`);
	assert.ok(end.nodes < start.nodes + 500, `${end.nodes} nodes after ${start.nodes}`);
	assert.deepEqual(
		end.places,
		end.places.map((_, index) => end.places[0] + index),
		'one after the other'
	);
	assert.deepEqual(mistakes(page), []);
	await picture(page, 'devices-ten-thousand');

	// Home and End reach what is not in the page, and arrows go on from there.
	const focused = () =>
		page.evaluate(() => document.activeElement.closest('li')?.getAttribute('aria-posinset'));
	await page.getByRole('list', { name: 'Devices' }).getByRole('link').last().focus();
	await page.keyboard.press('Home');
	await page.waitForFunction(
		() => document.activeElement.closest('li')?.getAttribute('aria-posinset') === '1'
	);
	for (let row = 0; row < 60; row += 1) await page.keyboard.press('ArrowDown');
	assert.equal(await focused(), '61');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
