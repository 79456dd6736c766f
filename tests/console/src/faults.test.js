// Faults on demand, as a tester switches them, and as a customer meets them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { go, mistakes, open, picture, PHONE, screen, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, focused, gone, press, tabTo } from './support/wait.js';

const at = stage({ faulty: true });
const customer = () => at.cloud.user(3);

async function testers(options) {
	const page = await open(at.browser, options);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/testers');
	await page.getByRole('heading', { name: 'Faults on demand', level: 1 }).waitFor();
	return page;
}

/** Waits until this is to be seen in a sheet: not below its end, and not behind its actions. */
async function inSight(told, sheet) {
	await told.waitFor();
	const bar = sheet.getByRole('button', { name: 'Save' });
	await eventually(async () => {
		const [words, actions] = [await told.boundingBox(), await bar.boundingBox()];
		assert.ok(words.y + words.height <= actions.y, 'it is behind the actions');
	});
}

const claim = (token) => at.cloud.call(customer(), 'POST', 'static-tokens/claim', { token });

test('the next claim is answered as a tester wants, and the one after it as ever', async () => {
	const page = await testers();
	const [label] = at.cloud.labels;
	await page.getByRole('combobox', { name: 'Answer' }).selectOption('the organization is full (403)');
	await press(page.getByRole('button', { name: 'Answer the next claim so' }));
	await screen(page).getByText('A claim is answered: the organization is full (403)').waitFor();

	const refused = await claim(label);
	assert.equal(refused.status, 403);
	assert.equal((await refused.json()).error.code, 'device_limit');
	assert.equal((await claim(label)).status, 201);
	// The page hears of it by itself.
	await page.getByText('0 more times · happened 1 time').waitFor();
	await picture(page, 'faults');
	await press(page.getByRole('button', { name: 'Switch all off' }));
	await page.getByText('Nothing goes wrong. Add what should').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a fault is added, changed, recorded and played again, on a phone', async () => {
	const page = await testers({ viewport: PHONE });
	await page.getByRole('button', { name: 'Add a fault' }).click();
	const sheet = page.getByRole('dialog', { name: 'Add a fault' });
	await sheet
		.getByRole('combobox', { name: 'What happens' })
		.selectOption('Not done, and refused with a status');
	const [status, endpoint, share] = [
		sheet.getByRole('textbox', { name: 'HTTP status' }),
		sheet.getByRole('combobox', { name: 'Endpoint' }),
		sheet.getByRole('textbox', { name: 'Of a hundred calls' })
	];
	const save = sheet.getByRole('button', { name: 'Save' });
	// What will not do is said at its field, which whoever saves is led to.
	await share.fill('150');
	await sheet.getByText('That is no number from 0 to 100.').waitFor();
	await press(save);
	await focused(share);
	await share.fill('');
	await status.fill('200');
	await sheet.getByText('A number from 400 to 599 is needed here.').waitFor();
	await press(save);
	await focused(status);
	await status.fill('503');
	// So is what the cloud refuses, in sight of whoever saved.
	await endpoint.fill('GET /device/none');
	await picture(page, 'fault-phone');
	await press(save);
	await focused(endpoint);
	await inSight(sheet.getByText('This cloud has no such endpoint.'), sheet);
	assert.equal(await sheet.getByRole('alert').count(), 0);
	await picture(page, 'fault-refused-phone');
	await endpoint.fill('get /overview');
	await gone(sheet.getByText('This cloud has no such endpoint.'));
	await save.click();
	await sheet.waitFor({ state: 'detached' });
	await page.getByText('GET /api/v1/organization/overview · happened 0 times').waitFor();

	const look = async () => (await at.cloud.call(customer(), 'GET', 'overview')).status;
	assert.equal(await look(), 503);
	await page.getByText('Something has happened to 1 call').waitFor();
	const [saved] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Save as a recording' }).click()
	]);
	const recording = JSON.parse(await readFile(await saved.path(), 'utf8'));
	const again = await at.cloud.call(at.cloud.user(1), 'PUT', 'faults', recording);
	assert.equal((await again.json()).toPlay, 1);
	await page.getByText('1 recorded call is still to be played.').waitFor();
	assert.deepEqual(
		[await look(), await look()].map((status) => status === 503),
		[true, false]
	);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('faults are added, removed and switched off with the keyboard alone, and the focus stays with them', async () => {
	const page = await testers();
	const add = page.getByRole('button', { name: 'Add a fault' });
	const remove = page.getByRole('button', { name: /^Remove / });
	for (let count = 1; count <= 3; count += 1) {
		await tabTo(page, add);
		await page.keyboard.press('Enter');
		const sheet = page.getByRole('dialog', { name: 'Add a fault' });
		await tabTo(page, sheet.getByRole('button', { name: 'Save' }));
		await page.keyboard.press('Enter');
		await sheet.waitFor({ state: 'detached' });
		await focused(add);
		await eventually(async () => assert.equal(await remove.count(), count));
	}
	// The row that took the place of the removed one is the next; after the last of them, the one above it.
	await tabTo(page, remove.nth(1));
	for (const left of [2, 1]) {
		await page.keyboard.press('Enter');
		await eventually(async () => assert.equal(await remove.count(), left));
		await focused(remove.nth(left - 1));
	}
	const off = page.getByRole('button', { name: 'Switch all off' });
	await tabTo(page, off);
	await page.keyboard.press('Enter');
	await page.getByText('Nothing goes wrong. Add what should').waitFor();
	await focused(add);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('each refusal that the cloud can give says what to do next', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await signIn(page, at.cloud.url);
	for (const [answer, title, next] of [
		['device_limit', 'There is no room for more devices.', /raise the limit/],
		['not_claimable', "This label can't add a device.", /Check that it is the label/],
		['rate_limited', /Too many/, /Try again/]
	]) {
		await at.cloud.fail({ next: 1, fault: { kind: 'claim', answer } });
		await go(page, '/scan');
		await page.getByRole('button', { name: 'Type the code instead' }).click();
		await page.getByRole('textbox', { name: 'Code on the label' }).fill(at.cloud.labels[4]);
		await page.getByRole('button', { name: 'Check code' }).click();
		const told = page.getByRole('dialog', { name: title });
		await told.getByText(next).first().waitFor();
		await picture(page, `fault-${answer}`);
		await page.keyboard.press('Escape');
		await told.waitFor({ state: 'detached' });
		await go(page, '/devices');
	}
	await at.cloud.fail();
	await page.context().close();
});

test('what fails for one reason is told once on a screen, and a chart that is asked too often does not speak of codes', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await at.cloud.fail({ fault: { kind: 'status', status: 429 }, endpoint: 'GET /device/history' });
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	const chart = page.getByRole('region', { name: 'Chart' });
	const told = chart.getByRole('alert');
	await told.getByText('That was too often.').waitFor();
	await told.getByText(/limits how often this can be done in a short time/).waitFor();
	await gone(page.getByText(/guess/));
	await at.cloud.fail();
	await told.getByRole('button', { name: 'Try again' }).click();
	await gone(told);
	// All of the page is asked for again, and all of it fails for the same reason.
	await at.cloud.fail(
		...['device/history', 'device/files', 'device/moves', 'gateway', 'mesh'].map((path) => ({
			fault: { kind: 'status', status: 503 },
			endpoint: `GET /${path}`
		}))
	);
	await page.reload();
	const alerts = page.getByRole('main').getByRole('alert');
	await alerts.getByText(/It is overloaded or starts anew, or its database does not answer\./).waitFor();
	await eventually(async () => assert.equal(await alerts.count(), 1));
	await at.cloud.fail();
	await alerts.getByRole('button', { name: 'Try again' }).click();
	await gone(alerts);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('nobody else sees the page', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	await gone(page.getByRole('link', { name: 'Testers' }));
	assert.equal((await at.cloud.call(at.cloud.user(2), 'GET', 'faults')).status, 403);
	await page.context().close();
});
