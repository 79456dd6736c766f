// Chromium as a person has it: a size, a theme, a language, perhaps a camera.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PICTURES = fileURLToPath(new URL('../../../../.artifacts/console', import.meta.url));

const QUIET = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync'
];

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** How a screen is looked at: every size in every theme. */
export const LOOKS = [
	{ name: 'desktop-light', viewport: DESKTOP, colorScheme: 'light' },
	{ name: 'desktop-dark', viewport: DESKTOP, colorScheme: 'dark' },
	{ name: 'phone-light', viewport: PHONE, colorScheme: 'light' },
	{ name: 'phone-dark', viewport: PHONE, colorScheme: 'dark' }
];

/**
 * Starts a browser.
 * @param film A file that plays as the camera; without one there is no camera at all.
 */
export function launch(film) {
	const camera = film
		? [
				'--use-fake-ui-for-media-stream',
				'--use-fake-device-for-media-stream',
				`--use-file-for-fake-video-capture=${film}`
			]
		: [];
	return chromium.launch({ executablePath: EXECUTABLE, args: [...QUIET, ...camera] });
}

/** Opens a page that writes down what its console says, and that ends the test on an error nobody caught. */
export async function open(browser, { viewport = DESKTOP, colorScheme = 'light', locale = 'en-GB' } = {}) {
	const context = await browser.newContext({ viewport, colorScheme, locale, hasTouch: viewport === PHONE });
	const page = await context.newPage();
	page.setDefaultTimeout(15_000);
	page.said = [];
	page.on('console', (message) => page.said.push(message.text()));
	page.on('pageerror', (error) => page.said.push(`uncaught: ${error.message}`));
	return page;
}

/** What the page's console said that points to a mistake of ours. Refused requests are part of some journeys. */
export function mistakes(page) {
	return page.said.filter((line) => /uncaught|Content Security Policy|svelte/i.test(line));
}

/** Signs in as one of the demo's people, by the name on the button. */
export async function signIn(page, url, person = 'Customer') {
	await page.goto(url);
	await page.getByRole('button', { name: person }).click();
	await page.getByRole('list', { name: 'Devices' }).waitFor();
}

/** Goes to a place by its hash. */
export async function go(page, path) {
	await page.evaluate((to) => {
		window.location.hash = to;
	}, path);
}

/** Keeps a picture for people to look at. */
export async function picture(page, name) {
	await mkdir(PICTURES, { recursive: true });
	// Animations are part of the design; a picture is of what stands still after them.
	await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
}
