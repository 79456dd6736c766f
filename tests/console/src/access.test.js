// axe finds nothing on any screen, in both themes, at both sizes; nothing scrolls sideways, also with text at 200 %.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isAccessible, LOOKS, mistakes, open, picture } from './support/browser.js';
import { walk } from './support/screens.js';
import { stage } from './support/stage.js';
import { eventually } from './support/wait.js';

const at = stage({ faulty: true });

/** What scrolls sideways: the window, or a part of it that scrolls by itself and is no table of whatever columns. */
function overflows(page) {
	return page.evaluate(() =>
		[document.documentElement, ...document.querySelectorAll('main, main *, dialog[open]')]
			.filter(
				(element) => element === document.documentElement || getComputedStyle(element).overflowX === 'auto'
			)
			.filter((element) => !element.matches('[data-wide]'))
			.filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
			.map((element) => `${element.outerHTML.slice(0, 80)} ${element.scrollWidth} > ${element.clientWidth}`)
	);
}

/** What a finger cannot hit well: smaller than 44 pixels, and not a link within a sentence. */
function smallTargets(page) {
	return page.evaluate(() => {
		const SMALLEST = 44;
		const area = document.querySelector('dialog[open]') ?? document.body;
		return [...area.querySelectorAll('button, a[href], select, input:not([type=file]):not([type=radio])')]
			.filter((element) => element.checkVisibility() && !element.classList.contains('skip'))
			.map((element) => ({
				element,
				box: (element.closest('[data-target]') ?? element).getBoundingClientRect()
			}))
			.filter(({ box }) => box.width > 0 && (box.width < SMALLEST || box.height < SMALLEST))
			.map(({ element, box }) => `${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`);
	});
}

for (const look of LOOKS) {
	test(look.name, async (t) => {
		const page = await open(at.browser, { ...look, reducedMotion: 'reduce' });
		await walk(t, page, at.cloud, async ({ name }) => {
			await picture(page, `${look.name}-${name}`);
			await isAccessible(page);
			await eventually(async () => assert.deepEqual(await overflows(page), []));
			await eventually(async () => assert.deepEqual(await smallTargets(page), []));
		});
		assert.deepEqual(mistakes(page), []);
		await page.context().close();
	});
}

test('with text at 200 % nothing is wider than a phone', async (t) => {
	const page = await open(at.browser, LOOKS[2]);
	await page.addInitScript(() => {
		const grow = () => document.documentElement?.style.setProperty('font-size', '200%');
		document.addEventListener('DOMContentLoaded', grow);
	});
	await walk(t, page, at.cloud, async ({ name }) => {
		await picture(page, `large-text-${name}`);
		await eventually(async () => assert.deepEqual(await overflows(page), []));
	});
	await page.context().close();
});
