// What a page shows follows what was done, but not at once: a test waits for a state, and never reads it one time alone.

import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds that only what never comes takes, also on a machine that is busy with other things. */
export const DEADLINE = 60_000;
/** Milliseconds between two looks. */
const LOOK = 50;

/** Checks again and again until the check passes; what the last one said is what fails. */
export async function eventually(check) {
	const end = performance.now() + DEADLINE;
	for (;;) {
		try {
			return await check();
		} catch (failure) {
			if (performance.now() > end) throw failure;
		}
		await pause(LOOK);
	}
}

/** Asks again and again until the answer will do, and returns it. */
export async function until(ask, willDo) {
	const end = performance.now() + DEADLINE;
	for (;;) {
		const answer = await ask();
		if (willDo(answer)) return answer;
		if (performance.now() > end) throw new Error(`Still ${JSON.stringify(answer)}: ${willDo}`);
		await pause(LOOK);
	}
}

/** Waits until this has the focus: it goes there after what it follows is drawn. */
export function focused(locator) {
	return until(
		() => locator.evaluate((element) => element === document.activeElement),
		(isThere) => isThere
	);
}

/** The most steps from one end of a screen to the other. */
const FAR = 60;

/** Presses Tab until this has the focus. */
export async function tabTo(page, locator) {
	for (let step = 0; step < FAR; step += 1) {
		await page.keyboard.press('Tab');
		if (await locator.evaluate((element) => element === document.activeElement)) return;
	}
	throw new Error(`Tab does not reach ${locator}.`);
}

/** Waits until none of these is there, however many were. */
export function gone(locator) {
	return until(
		() => locator.count(),
		(count) => count === 0
	);
}

/** Waits until nothing moves: in the middle of an animation what is read or measured is neither one thing nor the other. */
export function still(page) {
	return page.waitForFunction(() =>
		document
			.getAnimations()
			.every(
				({ playState, effect }) =>
					playState !== 'running' || effect?.getComputedTiming().iterations === Infinity
			)
	);
}

/** Presses a key where it is taken: on what can be used, and has come to rest. */
export async function press(locator, key = 'Enter') {
	await locator.click({ trial: true });
	await locator.press(key);
}
