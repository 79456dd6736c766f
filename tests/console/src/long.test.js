// Ten thousand devices in the list: few of them are in the page, whoever scrolls or uses the keyboard reaches all of them, and
// each row says what belongs there. What a frame costs is measured elsewhere (bench/scroll.js), since no test is about time.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mistakes, open, picture, signIn } from './support/browser.js';
import { makeMany, readAll } from './support/many.js';
import { stage } from './support/stage.js';
import { eventually, focused, until } from './support/wait.js';

const at = stage();

const COUNT = 10_000;
/** Rows that may be in the page: what fits, and as many again on either side. */
const MOST_ROWS = 60;

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

/** The rows that are in view, each with its place and with what it says. */
const inView = (page) =>
	page.getByRole('list', { name: 'Devices' }).evaluate((list) =>
		[...list.querySelectorAll('li')]
			.map((row) => ({
				place: Number(row.getAttribute('aria-posinset')),
				name: row.querySelector('[data-row]').textContent,
				box: row.getBoundingClientRect()
			}))
			.filter(({ box }) => box.bottom > 0 && box.top < innerHeight)
			.map(({ place, name }) => [place, name])
	);

/** The names of all devices in the list's order, asked for beside the browser. */
async function listed(cloud, count) {
	const names = [];
	for (let page = 0; names.length < count; page += 1) {
		const answer = await cloud.call(cloud.user(1), 'GET', `devices?size=1000&page=${page}`);
		names.push(...(await answer.json()).content.map(({ name }) => name));
	}
	return names;
}

test('ten thousand rows are a few nodes, wherever one is', async () => {
	await makeMany(at.cloud, COUNT);
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	// Once somebody has asked for more, it comes as they scroll.
	await page.getByRole('button', { name: 'Show more' }).click();
	await page.getByText(/^100 of/).waitFor();
	const start = await seen(page);
	const most = await readAll(page, COUNT);
	assert.ok(most <= MOST_ROWS + 100, `${most} rows were there`);
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
	assert.deepEqual(mistakes(page), []);
	await picture(page, 'devices-ten-thousand');

	// Whichever way the wheel turns, a row has the device that the cloud has in its place, and rows follow each other.
	const names = await listed(at.cloud, COUNT);
	await page.mouse.move(640, 500);
	for (const turn of [-900, -40_000, -300_000, 120_000, 450, -1_000_000]) {
		const before = await inView(page);
		await page.mouse.wheel(0, turn);
		await page.waitForFunction((was) => {
			const rows = [...document.querySelectorAll('ul[aria-label="Devices"] li')];
			const first = rows.find((row) => row.getBoundingClientRect().bottom > 0);
			return first && Number(first.getAttribute('aria-posinset')) !== was;
		}, before[0]?.[0] ?? 0);
		await eventually(async () => {
			const now = await inView(page);
			assert.ok(now.length > 0, 'rows are in view');
			for (const [index, [place, name]] of now.entries()) {
				assert.equal(place, now[0][0] + index);
				assert.equal(name, names[place - 1], `in place ${place}`);
			}
			const { rows, nodes } = await seen(page);
			assert.ok(rows <= MOST_ROWS, `${rows} rows after ${turn}`);
			assert.ok(nodes < start.nodes + 500, `${nodes} nodes after ${turn}`);
		});
	}

	// Home and End reach what is not in the page, and arrows go on from there.
	const rows = page.getByRole('list', { name: 'Devices' });
	const link = (place) => rows.locator(`li[aria-posinset="${place}"]`).getByRole('link');
	await link(2).focus();
	await page.keyboard.press('End');
	await until(
		() => page.evaluate(() => Number(document.activeElement.closest('li')?.getAttribute('aria-posinset'))),
		(place) => place >= COUNT
	);
	await page.keyboard.press('Home');
	await focused(link(1));
	for (let row = 0; row < 60; row += 1) await page.keyboard.press('ArrowDown');
	await focused(link(61));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
