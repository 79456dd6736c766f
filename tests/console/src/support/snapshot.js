// Snapshots of the accessibility tree: what a screen reader is told, as text that a person can review.
// UPDATE_SNAPSHOTS=1 writes them anew.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { eventually } from './wait.js';

const FOLDER = fileURLToPath(new URL('../snapshots', import.meta.url));

/** What differs from run to run, and what stands in its place. */
const CHANGING = [
	[/http:\/\/127\.0\.0\.1:\d+/g, 'http://SERVER'],
	[/sqr_[\w…-]+/g, 'sqr_LABEL'],
	[/\d{1,2} \w{3,4} \d{4}, \d{2}:\d{2}/g, 'TIME'],
	[/\w+day,? \d{1,2} \w+ \d{4}/g, 'DAY'],
	[/time: .*/g, 'time: TIME'],
	// The days of a chart, and the one that is pointed at.
	[/(\n\s+- listitem: "\d{1,2} \w{3,4}: \d+"){7,}/g, '\n          - listitem DAYS'],
	[/- text: "\d{1,2} \w{3,4}:"\n\s+- strong: "\d+"/g, '- text: DAY'],
	[/undo it until \d{1,2}:\d{2}/g, 'undo it until TIME'],
	// A long choice is a closed set of its own, with tests of its own.
	[/(\n\s+- option "[^"]*"(?: \[selected\])?){16,}/g, '\n      - option MANY'],
	[/(Last seen|seit|since) [^"\n]*?(ago|yesterday|just now|now)/g, '$1 AGO'],
	[/Chrome on \w+/g, 'Chrome on SYSTEM'],
	[/Handover \d+\.\d+\.\d+/g, 'Handover VERSION']
];

/** The page's tree as it is now, with places for what differs. */
async function treeOf(page) {
	const tree = await page.locator('body').ariaSnapshot();
	return `${CHANGING.reduce((text, [pattern, place]) => text.replace(pattern, place), tree)}\n`;
}

/** Compares the page's tree with its snapshot; parts that come after the others are waited for. */
export async function matches(page, name) {
	const file = join(FOLDER, `${name}.aria.yml`);
	if (process.env.UPDATE_SNAPSHOTS) {
		await mkdir(FOLDER, { recursive: true });
		await writeFile(file, await treeOf(page));
		return;
	}
	const known = await readFile(file, 'utf8');
	const advice = `${name}: run with UPDATE_SNAPSHOTS=1 and review the change`;
	await eventually(async () => assert.equal(await treeOf(page), known, advice));
}
