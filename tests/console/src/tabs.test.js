// Two tabs of one browser share their sign-in: what is done in one is never done as somebody who signed in in the other.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, mistakes, open, picture, PHONE, signIn, tab } from './support/browser.js';
import { stage } from './support/stage.js';
import { gone } from './support/wait.js';

const at = stage();

/** Another tab of the same browser. */
async function beside(page) {
	const other = await tab(page.context(), page.said);
	await other.goto(at.cloud.url);
	await other.getByRole('list', { name: 'Devices' }).waitFor();
	return other;
}

async function signOut(page) {
	await go(page, '/settings');
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.getByRole('button', { name: 'Support' }).waitFor();
}

const now = (page) => page.getByRole('heading', { name: /You are signed in as .* now/ });

test('a tab notices that the other signed out, and that somebody else signed in', async () => {
	const first = await open(at.browser, { viewport: PHONE });
	await signIn(first, at.cloud.url);
	const second = await beside(first);

	await signOut(first);
	await second.getByText('You signed out in another tab.').waitFor();
	await gone(second.getByText('Orchard gate'));

	await first.getByRole('button', { name: 'Support' }).click();
	await now(second).waitFor();
	await picture(second, 'other-person');
	await second.getByRole('button', { name: /^Go on as / }).click();
	await second.getByRole('list', { name: 'Devices' }).waitFor();
	await go(second, '/settings');
	await second.getByText(at.cloud.user(2).email).waitFor();
	assert.deepEqual(mistakes(first), []);
	await first.context().close();
});

test('where tabs cannot tell each other, nothing is claimed as somebody else', async () => {
	const first = await open(at.browser);
	await first.context().addInitScript(() => delete window.BroadcastChannel);
	await signIn(first, at.cloud.url);
	// Nor does the cloud tell this one that something changed: its own next call is all that there is.
	await first.context().route('**/organization/events*', (route) => route.abort());
	const second = await beside(first);
	await go(second, '/scan');
	await second.getByRole('button', { name: 'Type the code instead' }).click();
	await second.getByRole('textbox', { name: 'Code on the label' }).fill(at.cloud.labels[0]);

	await signOut(first);
	await first.getByRole('button', { name: 'Support' }).click();
	await first.getByRole('heading', { name: 'Settings' }).waitFor();
	const before = await at.cloud.devices(at.cloud.user(2));
	await second.getByRole('button', { name: 'Check code' }).click();
	await now(second).waitFor();
	assert.deepEqual(await at.cloud.devices(at.cloud.user(2)), before);
	assert.deepEqual(mistakes(first), []);
	await first.context().close();
});
