// Devices that are added by their numbers: with a claim code, or with the word of the maker's support.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fits, go, LOOKS, mistakes, open, PHONE, picture, screen, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { gone } from './support/wait.js';

const at = stage();
const DARK_PHONE = LOOKS.find(({ name }) => name === 'phone-dark');

const LONG = 'Green Farm Cooperative of All the Lower Meadows';

/** The customer's organization is called this from now on. */
async function called(name) {
	const profile = await (await at.cloud.call(at.cloud.user(3), 'GET', 'user/profile')).json();
	const answer = await at.cloud.call(at.cloud.user(1), 'PUT', 'edit/name', { orgId: profile.orgId, name });
	assert.ok(answer.ok, `${answer.status}`);
}

async function type(page, number) {
	await go(page, '/scan');
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	await page.getByRole('dialog').getByRole('textbox').fill(number);
	await page.getByRole('dialog').getByRole('button', { name: 'Check code' }).click();
	await page.getByText('does not prove that you have it').waitFor();
}

test('a device is added by its number once support approves', async () => {
	const maker = await open(at.browser);
	await signIn(maker, at.cloud.url, 'Maker');
	await go(maker, '/approvals');
	await maker.getByText('Nobody waits').waitFor();
	await picture(maker, 'approvals-empty');
	await go(maker, '/batches');
	await maker.getByRole('button', { name: 'New batch' }).click();
	await maker.getByRole('textbox', { name: 'Name of the batch' }).fill('Numbered');
	await maker.getByRole('textbox', { name: 'Number of labels' }).fill('2');
	await maker.getByRole('checkbox', { name: 'Devices have a number' }).check();
	await maker.getByRole('radio', { name: 'None' }).check();
	await maker.getByText('Without a proof anybody can take a device').waitFor();
	await picture(maker, 'batch-identified');
	await maker.getByRole('radio', { name: 'Your support approves' }).check();
	await maker.getByRole('textbox', { name: 'The first number' }).fill('SN-0001');
	await maker.getByRole('button', { name: 'Make the batch' }).click();
	await maker.getByRole('heading', { name: 'Numbered', level: 1 }).waitFor();
	await screen(maker).getByText('Your support approves').waitFor();
	// No label of it claims before the last one is made.
	await maker.getByRole('checkbox', { name: /SN-0001/ }).waitFor();

	const customer = await open(at.browser, DARK_PHONE);
	await signIn(customer, at.cloud.url);
	await type(customer, 'SN-0001');
	await picture(customer, 'proof');
	await customer.getByRole('textbox', { name: 'Claim code' }).fill('0000-0000');
	await customer.getByRole('button', { name: 'Add device', exact: true }).click();
	await customer.getByRole('heading', { name: "This label can't add a device." }).waitFor();
	await customer.getByRole('button', { name: 'Try another proof' }).click();
	await customer.getByRole('radio', { name: 'No code that I can read' }).check();
	await customer.getByRole('textbox', { name: 'Why should they?' }).fill('The sticker is gone');
	await customer.getByRole('button', { name: 'Ask support' }).click();
	await customer.getByRole('heading', { name: 'Support decides' }).waitFor();
	await picture(customer, 'asked');

	await go(maker, '/approvals');
	await screen(maker).getByText('SN-0001').waitFor();
	await screen(maker).getByText('The sticker is gone').waitFor();
	await picture(maker, 'approvals');
	// A client's name may be as long as it likes: it is cut, and the card is as wide as the window lets it be.
	await called(LONG);
	const phone = await open(at.browser, DARK_PHONE);
	await signIn(phone, at.cloud.url, 'Maker');
	await go(phone, '/approvals');
	await screen(phone).getByText('SN-0001').waitFor();
	await screen(phone).getByText(LONG).waitFor();
	await picture(phone, 'approvals-phone');
	await fits(phone);
	const widths = await phone
		.getByRole('article')
		.evaluate((card) => [card.scrollWidth, card.querySelector('.words').scrollWidth - card.clientWidth]);
	assert.ok(widths[0] <= PHONE.width && widths[1] <= 0, `it is wider than its card: ${widths}`);
	await called('Green Farm');
	await maker.getByRole('button', { name: 'Approve SN-0001' }).click();
	await maker.getByRole('dialog').getByText('The sticker is gone').waitFor();
	await maker.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
	await maker.getByText('Nobody waits').waitFor();
	await maker.getByRole('combobox', { name: 'Show' }).selectOption('Approved');
	await screen(maker).getByText('SN-0001').waitFor();
	await screen(maker)
		.getByText(/^\s*Decided .* by /)
		.waitFor();
	for (const page of [maker, customer, phone]) {
		assert.deepEqual(mistakes(page), []);
		await page.context().close();
	}
});

/** What a device without a key of its own says to the cloud. */
async function says(what, identifier, secret) {
	const answer = await fetch(new URL(`/external/api/${what}`, at.cloud.url), {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ identifier, secret })
	});
	assert.equal(answer.status, 200);
	return answer.json();
}

test('a button adds a device, and its owner says which machine it is', async () => {
	const secret = 'what-the-real-device-made';
	const maker = await open(at.browser);
	await signIn(maker, at.cloud.url, 'Maker');
	await go(maker, '/batches');
	await maker.getByRole('button', { name: 'New batch' }).click();
	await maker.getByRole('textbox', { name: 'Name of the batch' }).fill('Pressed');
	await maker.getByRole('textbox', { name: 'Number of labels' }).fill('2');
	await maker.getByRole('checkbox', { name: 'Devices have a number' }).check();
	await maker.getByRole('radio', { name: 'Its button is pressed' }).check();
	await maker.getByRole('textbox', { name: 'The first number' }).fill('PB-0001');
	await maker.getByRole('checkbox', { name: 'Show the secrets once' }).check();
	await maker.getByText('nobody can read them after it').waitFor();
	await picture(maker, 'batch-once');
	await maker.getByRole('button', { name: 'Make the batch' }).click();
	await maker.getByText('Shown by the one export').waitFor();
	await maker.getByRole('checkbox', { name: /PB-0001/ }).waitFor();

	const customer = await open(at.browser, DARK_PHONE);
	await signIn(customer, at.cloud.url);
	await type(customer, 'pb-0001');
	await customer.getByRole('radio', { name: 'The device, and it has a button' }).check();
	await customer.getByRole('button', { name: 'I press the button' }).click();
	await customer.getByRole('heading', { name: 'Press the button on the device now' }).waitFor();
	await picture(customer, 'pressing');
	// Two presses: the first one alone would tell the owner's yes with the claim.
	await says('bootstrap/presence', 'PB-0001', secret);
	const { check } = await says('bootstrap/presence', 'PB-0001', secret);
	await customer.getByRole('button', { name: 'Done' }).click();
	await customer.getByText(`Does it show ${check}?`).waitFor();
	await picture(customer, 'pins');
	const other = await says('bootstrap', 'PB-0001', 'what-somebody-else-made');
	await customer.getByText('2 machines say that they are this device').waitFor();
	await picture(customer, 'pins-conflict');
	// No digits stand on the page to be taken for the device's: its owner types what it shows.
	await gone(customer.getByText(other.check));
	await customer.getByRole('textbox', { name: 'The four digits that your device shows' }).fill(check);
	await customer.getByRole('button', { name: 'This one is my device' }).click();
	await customer.getByText('This is your device').waitFor();
	await picture(customer, 'pins-confirmed');
	assert.equal((await says('bootstrap', 'PB-0001', secret)).state, 'ready');
	assert.equal((await says('bootstrap', 'PB-0001', 'what-somebody-else-made')).state, 'waiting');
	for (const page of [maker, customer]) {
		assert.deepEqual(mistakes(page), []);
		await page.context().close();
	}
});
