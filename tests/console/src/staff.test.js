// What staff meet all day: finding anything, lists by key, long names, words of their own.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DESKTOP, go, mistakes, open, picture, PHONE, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, focused, gone } from './support/wait.js';

const at = stage({ faulty: true });
const LONG = `Long ${'Wheelbarrow '.repeat(6)}Cooperative`;

test('"Find anything" asks the cloud: devices beyond the page, organizations, people and labels', async () => {
	const maker = at.cloud.user(1);
	const known = await (await at.cloud.call(maker, 'GET', 'devices?includeSubOrgDevices=true&size=1')).json();
	const [{ templateId }] = known.content;
	const made = await at.cloud.call(maker, 'POST', 'devices/create', {
		templateId,
		name: 'Zeppelin {n}',
		count: 60
	});
	await at.cloud.made(maker, `devices/work?workId=${(await made.json()).id}`);
	const batch = { templateId, name: 'Airship', count: 12 };
	const labels = await (await at.cloud.call(maker, 'POST', 'static-tokens/batches', batch)).json();
	await at.cloud.made(maker, `static-tokens/batch?batchId=${labels.id}`);
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await page.keyboard.press('Control+k');
	const palette = page.getByRole('dialog', { name: 'Find anything' });
	for (const [typed, option] of [
		['zeppelin 1', /^Zeppelin 1/],
		['green farm', /^Green Farm.*Organizations/],
		['airship 11', /^Airship 11.*Labels/],
		['clara', /^Clara/]
	]) {
		await palette.getByRole('combobox').fill(typed);
		await palette.getByRole('option', { name: option }).first().waitFor();
	}
	await picture(page, 'palette-found');
	await palette.getByRole('combobox').press('Enter');
	await page.getByRole('heading', { level: 1, name: /^Clara/ }).waitFor();
	// A label is found where it can be looked at; so is the next one, from there.
	for (const label of ['Airship 11', 'Airship 07']) {
		await page.keyboard.press('Control+k');
		await palette.getByRole('combobox').fill(label);
		await palette.getByRole('option', { name: new RegExp(`^${label}`) }).waitFor();
		await palette.getByRole('combobox').press('Enter');
		await page.getByRole('heading', { level: 1, name: 'Find labels' }).waitFor();
		await page.getByRole('listitem').filter({ hasText: label }).waitFor();
		const airships = page.getByRole('listitem').filter({ hasText: /Airship \d\d/ });
		await eventually(async () => assert.equal(await airships.count(), 1));
	}
	// One without a batch by its number, and what was claimed by what its device is called.
	const field = page.getByRole('searchbox', { name: 'Search by number, identifier or name' });
	await field.fill('#1');
	await page.getByRole('listitem').filter({ hasText: '#12' }).waitFor();
	await field.fill('tomato bed');
	await page.getByRole('listitem').filter({ hasText: 'Tomato bed 2' }).waitFor();
	await picture(page, 'labels-found');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test("a device of a client is not called the support's own", async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	const { content } = await (
		await at.cloud.call(at.cloud.user(2), 'GET', 'devices?includeSubOrgDevices=true&size=1000')
	).json();
	const fresh = content.find(({ firstConnectTime }) => firstConnectTime === null);
	await go(page, `/devices/${fresh.id}`);
	await page.getByText('It shows up as online once it has power and a network.').waitFor();
	await gone(page.getByText('It is yours already.'));
	await page.context().close();
});

for (const viewport of [DESKTOP, PHONE])
	test(`long names of organizations stay in the row at ${viewport.width} pixels`, async () => {
		const maker = at.cloud.user(1);
		const name = `${LONG} ${viewport.width}`;
		const { id } = await (await at.cloud.call(maker, 'POST', 'create', { name })).json();
		const all = await (await at.cloud.call(maker, 'GET', 'devices?includeSubOrgDevices=true&size=1')).json();
		const moved = { deviceIds: [all.content[0].id], newOrgId: id, dryRun: false };
		assert.ok((await at.cloud.call(maker, 'POST', 'devices/transfer', moved)).ok);
		const page = await open(at.browser, { viewport });
		await signIn(page, at.cloud.url, 'Maker');
		const row = page.getByRole('listitem').filter({ hasText: name }).locator('.row');
		await row.waitFor();
		await picture(page, `long-name-${viewport.width}`);
		const out = () =>
			row.evaluate((element) => {
				const edge = element.getBoundingClientRect().right;
				return [...element.querySelectorAll('.words *')].filter(
					(part) => part.getBoundingClientRect().right > edge
				).length;
			});
		await eventually(async () => assert.equal(await out(), 0));
		await page.context().close();
	});

test('all places of the maker are in sight on a laptop, in both languages', async () => {
	for (const locale of ['en-GB', 'de-DE']) {
		const page = await open(at.browser, { locale });
		await page.goto(at.cloud.url);
		await page.getByRole('button', { name: /^(Maker|Hersteller)/ }).click();
		const settings = page.getByRole('link', { name: /^(Settings|Einstellungen)$/ });
		await settings.waitFor();
		await picture(page, `navigation-${locale}`);
		const navigation = page.getByRole('navigation').first();
		await eventually(async () => {
			const [link, nav] = [await settings.boundingBox(), await navigation.boundingBox()];
			assert.ok(link.y + link.height <= nav.y + nav.height + 1, locale);
		});
		await page.context().close();
	}
});

test('arrows begin at the first row, and a search is trimmed and never too long', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.keyboard.press('ArrowDown');
	const rows = page.locator('[data-row]');
	await focused(rows.first());
	const field = page.getByRole('searchbox', { name: 'Search devices' });
	await field.fill('  zeppelin  ');
	await page
		.getByText(/[“"]zeppelin[”"]/)
		.first()
		.waitFor();
	await field.fill('x'.repeat(10_000));
	await page
		.getByText(/[“"]x+[”"]/)
		.first()
		.waitFor();
	await gone(page.getByRole('alert'));
	await page.context().close();
});

test('on a phone the places of staff stand on top of the settings', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/settings');
	const link = page.getByRole('link', { name: 'Approvals' });
	await link.waitFor();
	await eventually(async () => {
		const { y, height } = await link.boundingBox();
		assert.ok(y + height < PHONE.height, `${y}`);
	});
	await page.context().close();
});

test('too many wrong codes are called that, with a time to try again', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await signIn(page, at.cloud.url);
	const fault = { kind: 'claim', answer: 'rate_limited' };
	await at.cloud.fail({ fault });
	await go(page, '/scan');
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	await page.getByRole('textbox', { name: 'Code on the label' }).fill('490154203237518');
	await page.getByRole('button', { name: 'Check code' }).click();
	const proof = page.getByRole('dialog', { name: /names a device/ });
	const field = proof.getByRole('textbox', { name: 'Claim code' });
	const add = proof.getByRole('button', { name: 'Add device' });
	await field.waitFor();
	await picture(page, 'proof-phone');
	// The field is in sight, not behind the buttons.
	await eventually(async () => {
		const [box, button] = [await field.boundingBox(), await add.boundingBox()];
		assert.ok(box.y + box.height <= button.y, `${box.y} ${button.y}`);
	});
	await field.fill('ABCD-EFGH');
	await add.click();
	const refused = page.getByRole('dialog', { name: 'Too many wrong codes.' });
	await refused.getByText(/Try again at \d\d:\d\d\./).waitFor();
	await picture(page, 'too-often');
	// Another try does not begin with an empty field.
	await refused.getByRole('button', { name: 'Try another proof' }).click();
	await eventually(async () => assert.equal(await field.inputValue(), 'ABCD-EFGH'));
	await field.press('Escape');
	await go(page, '/devices');
	await page.getByRole('list', { name: 'Devices' }).waitFor();
	await gone(page.getByText('waits to be added'));
	await at.cloud.fail();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
