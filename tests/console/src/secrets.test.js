// No secret in an address, in storage, in the console's log, or in the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually } from './support/wait.js';

const at = stage();

test('a claim leaves no secret behind', async () => {
	const page = await open(at.browser);
	const label = at.cloud.labels[0];
	const addresses = [];
	const accessTokens = [];
	page.on('request', (request) => addresses.push(request.url()));
	page.on('response', async (response) => {
		if (!response.url().includes('/api/session') || !response.ok()) return;
		const body = await response.json().catch(() => ({}));
		if (body.accessToken) accessTokens.push(body.accessToken);
	});
	page.on('framenavigated', (frame) => addresses.push(frame.url()));

	await signIn(page, at.cloud.url);
	await go(page, '/scan');
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	await page.getByRole('textbox', { name: 'Code on the label' }).fill(label);
	await page.getByRole('button', { name: 'Check code' }).click();
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	await page.getByRole('button', { name: 'Done' }).click();
	await page.getByRole('heading', { level: 1, name: /Soil sensor/ }).waitFor();

	const stored = await page.evaluate(async () =>
		JSON.stringify({
			local: { ...localStorage },
			session: { ...sessionStorage },
			databases: await indexedDB.databases(),
			cookie: document.cookie,
			caches: await caches.keys(),
			history: history.state
		})
	);
	const html = await page.content();
	// What was answered is read in the background.
	await eventually(() => assert.ok(accessTokens.length > 0));
	const secrets = [label, at.cloud.user(3).password, ...accessTokens];
	for (const secret of secrets) {
		assert.ok(!addresses.some((address) => address.includes(secret)), 'an address holds a secret');
		assert.ok(!stored.includes(secret), 'the storage holds a secret');
		assert.ok(!page.said.join('\n').includes(secret), 'the console log holds a secret');
		assert.ok(!html.includes(secret), 'the page holds a secret');
	}

	const cookie = (await page.context().cookies()).find(({ name }) => name === 'handover_session');
	assert.ok(cookie?.httpOnly, 'scripts cannot read the session');
	assert.equal(cookie.sameSite, 'Strict');
	await page.context().close();
});

test('nothing is loaded from anywhere but the cloud itself', async () => {
	const page = await open(at.browser);
	const foreign = [];
	page.on('request', (request) => {
		const { origin, protocol } = new URL(request.url());
		if (protocol.startsWith('http') && origin !== new URL(at.cloud.url).origin) foreign.push(request.url());
	});
	await signIn(page, at.cloud.url);
	for (const place of ['/scan', '/settings', '/devices']) await go(page, place);
	await page.getByRole('list', { name: 'Devices' }).waitFor();
	assert.deepEqual(foreign, []);
	await page.context().close();
});

test('signing out ends the session', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await go(page, '/settings');
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	await page.getByRole('button', { name: 'Customer' }).waitFor();
	await page.reload();
	await page.getByRole('button', { name: 'Customer' }).waitFor();
	await page.context().close();
});

test('a wrong password is said in words', async () => {
	const page = await open(at.browser);
	await page.goto(at.cloud.url);
	await page.getByRole('textbox', { name: 'E-mail' }).fill('customer@greenfarm.example');
	await page.getByRole('textbox', { name: 'Password' }).fill('not this one');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('alert').getByText('The e-mail address or the password is wrong.').waitFor();
	await page.context().close();
});
