// Chromium as a person has it: a size, a theme, a language, perhaps a camera.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

import { DEADLINE, eventually, still } from './wait.js';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PICTURES = fileURLToPath(new URL('../../../../.artifacts/console', import.meta.url));

/** How many times slower pages are than this machine can: races show on slow ones. */
const SLOWER = Number(process.env.HANDOVER_TEST_SLOWER ?? 1);

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
export async function open(
	browser,
	{ viewport = DESKTOP, colorScheme = 'light', locale = 'en-GB', reducedMotion } = {}
) {
	const hasTouch = viewport === PHONE;
	const context = await browser.newContext({ viewport, colorScheme, locale, hasTouch, reducedMotion });
	return tab(context, []);
}

/** Opens another page of the same browser; what its console says is written down with that of the first. */
export async function tab(context, said) {
	const page = await context.newPage();
	page.setDefaultTimeout(DEADLINE);
	await page.addInitScript(patient, DEADLINE);
	if (SLOWER > 1) await slowed(page);
	page.said = said;
	page.on('console', (message) => said.push(message.text()));
	page.on('pageerror', (error) => said.push(`uncaught: ${error.message}`));
	return page;
}

/** In the page: an answer that takes long, where the machine is busy with other things, is not given up. */
function patient(deadline) {
	const real = AbortSignal.timeout.bind(AbortSignal);
	AbortSignal.timeout = (milliseconds) => real(Math.max(milliseconds, deadline));
}

/** Gives the page a share of the processor alone. */
async function slowed(page) {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
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

/**
 * Chooses this file wherever the page asks for one. To be called long before it asks: the browser is told in the background to
 * hand the chooser over, and one that opens before it has heard of that is lost.
 */
export function choosing(page, file) {
	page.on('filechooser', (chooser) => void chooser.setFiles(file));
}

/** Goes to a place by its hash. */
export async function go(page, path) {
	await page.evaluate((to) => {
		window.location.hash = to;
	}, path);
}

/**
 * The screen itself. What was done is told to screen readers as well, beside it and for a moment: the same words, or some that
 * hold them.
 */
export const screen = (page) => page.getByRole('main');

/** Keeps a picture for people to look at. */
export async function picture(page, name) {
	await mkdir(PICTURES, { recursive: true });
	// Animations are part of the design; a picture is of what stands still after them.
	await still(page);
	await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
}

/** Nothing is wider than the window. */
export function fits(page) {
	return eventually(async () => {
		const [wanted, there] = await page.evaluate(() => {
			const { scrollWidth, clientWidth } = document.documentElement;
			return [scrollWidth, clientWidth];
		});
		assert.equal(wanted, there, 'something is cut off');
	});
}

/** Nothing of this is left in what the browser keeps. */
export function forgets(page, secret) {
	return eventually(async () => {
		const left = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
		assert.ok(!left.includes(secret), left);
	});
}

/** axe finds nothing. */
export async function isAccessible(page) {
	await still(page);
	const { violations } = await new AxeBuilder({ page }).analyze();
	const found = violations.flatMap(({ id, nodes }) =>
		nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`)
	);
	assert.deepEqual(found, []);
}
