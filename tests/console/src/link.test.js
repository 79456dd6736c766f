// A claim link waits through the sign-in and claims nothing without a tap; its code never stays in the address.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { forgets, go, mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone, until } from './support/wait.js';

const at = stage();

/** What is asked before a label that a link brought is claimed. */
const question = (page) => page.getByRole('dialog', { name: "Add this device to Green Farm's devices?" });

const agree = (page) => question(page).getByRole('button', { name: 'Yes, add it' }).click();

test('a claim link signs in first, then asks, and then claims', async () => {
	const page = await open(at.browser);
	const label = at.cloud.labels[0];
	await page.goto(new URL(`/claim#${label}`, at.cloud.url).href);
	await page.getByText('Sign in first. Then you decide whether to add the device.').waitFor();
	await eventually(() => assert.ok(!page.url().includes(label)));

	await page.getByRole('button', { name: 'Customer' }).click();
	await agree(page);
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	await page.getByRole('button', { name: 'Done' }).click();
	await page.getByRole('heading', { level: 1, name: /Soil sensor/ }).waitFor();

	// Going back and forward does not find it either.
	for (let step = 0; step < 3; step += 1) {
		await page.goBack().catch(() => null);
		await eventually(() => assert.ok(!page.url().includes(label)));
	}
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a label in hand when an account was asked for is asked about in another browser', async () => {
	const email = 'al@client.example';
	const label = at.cloud.labels[2];
	const page = await open(at.browser);
	await page.goto(new URL(`/claim#${label}`, at.cloud.url).href);
	await page.getByRole('button', { name: 'Create an account' }).click();
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('textbox', { name: 'E-mail' }).fill(email);
	await page.keyboard.press('Enter');
	await sheet.getByText('Your label goes along').waitFor();
	await page.context().close();

	const mailbox = async (path) => (await fetch(new URL(`/api/mailbox${path}`, at.cloud.url))).json();
	const { content } = await until(
		() => mailbox('?query=al@client'),
		({ content }) => content.length === 1
	);
	const { links } = await mailbox(`/mail?id=${content[0].id}`);
	const other = await open(at.browser);
	await other.goto(links[0]);
	await other.getByText('Your label is here, too.').waitFor();
	await other.getByRole('textbox', { name: 'Your name' }).fill('Al Field');
	await other.getByRole('textbox', { name: 'Password' }).fill('apples and pears');
	await other.keyboard.press('Enter');
	const question = other.getByRole('dialog', { name: "Add this device to Al Field's devices?" });
	await question.getByRole('button', { name: 'Yes, add it' }).click();
	await other.getByRole('dialog', { name: /is now in Al Field's devices/ }).waitFor();
	await forgets(other, label);
	// It was asked about once.
	await go(other, '/devices');
	await other.reload();
	await other.getByRole('list', { name: 'Devices' }).waitFor();
	await gone(other.getByRole('dialog'));
	assert.deepEqual(mistakes(other), []);
	await other.context().close();
});

test('for whoever is signed in a claim link only asks', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	const claims = [];
	page.on('request', (request) => request.url().endsWith('/claim') && claims.push(request.method()));
	const link = new URL(`/claim#${at.cloud.labels[1]}`, at.cloud.url).href;
	await page.goto(link);
	await question(page).getByRole('button', { name: 'Cancel' }).click();
	await question(page).waitFor({ state: 'detached' });
	assert.ok(!claims.includes('POST'));

	await page.goto('about:blank');
	await page.goto(link);
	await agree(page);
	await page.getByRole('dialog', { name: /is now in Green Farm's devices/ }).waitFor();
	await page.context().close();
});

test('a label of somebody else gives no reason away', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.goto(new URL(`/claim#sqr_${'x'.repeat(32)}`, at.cloud.url).href);
	await agree(page);
	const sheet = page.getByRole('dialog', { name: "This label can't add a device." });
	await sheet.getByText('It is not known here, or the device belongs to somebody already.').waitFor();
	await page.context().close();
});
