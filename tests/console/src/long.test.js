// Ten thousand devices in the list: few of them are in the page, whoever scrolls or uses the keyboard reaches all of them, and no
// frame is late for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { DEADLINE, eventually, focused } from './support/wait.js';

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
	await at.cloud.made(admin, `devices/work?workId=${id}`);
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
	page.getByRole('list', { name: 'Devices' }).evaluate(
		async (list, { count, patience }) => {
			let pane = list;
			while (pane && !/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement;
			const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
			const times = [];
			let most = 0;
			for (let last = await frame(), moved = last; last - moved < patience;) {
				const before = pane.scrollTop;
				pane.scrollTop += 600;
				const now = await frame();
				times.push(now - last);
				last = now;
				most = Math.max(most, list.querySelectorAll('li').length);
				const end = list.querySelector('li:last-of-type')?.getAttribute('aria-posinset');
				if (Number(end) >= count) break;
				// While the next page is on its way there is nothing to scroll to.
				if (pane.scrollTop !== before) moved = now;
			}
			times.sort((one, other) => one - other);
			return {
				frames: times.length,
				most,
				median: times[times.length >> 1],
				late: times.filter((time) => time > 100).length
			};
		},
		{ count: COUNT, patience: DEADLINE }
	);

test('ten thousand rows are a few nodes, wherever one is', async () => {
	await prepare();
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	// Once somebody has asked for more, it comes as they scroll.
	await page.getByRole('button', { name: 'Show more' }).click();
	await page.getByText(/^100 of/).waitFor();
	const start = await seen(page);
	const report = await scrolled(page);
	assert.ok(report.most <= MOST_ROWS + 100, `${report.most} rows were there`);
	await eventually(async () => {
		const end = await seen(page);
		assert.ok(end.size >= COUNT, `a screen reader hears of ${end.size}`);
		assert.ok(end.places.at(-1) >= COUNT, 'all of them were read on the way');
		assert.ok(end.rows <= MOST_ROWS, `${end.rows} rows are there`);
		assert.ok(end.nodes < start.nodes + 500, `${end.nodes} nodes after ${start.nodes}`);
		assert.deepEqual(
			end.places,
			end.places.map((_, index) => end.places[0] + index),
			'one after the other'
		);
	});
	console.log(`# ${JSON.stringify(report)}`);
	assert.deepEqual(mistakes(page), []);
	await picture(page, 'devices-ten-thousand');

	// Home and End reach what is not in the page, and arrows go on from there.
	const rows = page.getByRole('list', { name: 'Devices' });
	const link = (place) => rows.locator(`li[aria-posinset="${place}"]`).getByRole('link');
	await link(COUNT).focus();
	await page.keyboard.press('Home');
	await focused(link(1));
	for (let row = 0; row < 60; row += 1) await page.keyboard.press('ArrowDown');
	await focused(link(61));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
