// From an organization that does not exist to a device in its list: the maker makes it and invites, the client follows
// the mail, chooses a password, opens a claim link, and claims.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone } from './support/wait.js';

const at = stage();
const CLIENT = 'nina@orchard.example';
const PASSWORD = 'apples and pears';

test('a client follows the mail and claims the first device', async () => {
	const maker = await open(at.browser);
	await signIn(maker, at.cloud.url, 'Maker');
	await maker.getByRole('link', { name: 'Organizations' }).click();
	await maker.getByRole('button', { name: 'New organization' }).click();
	const made = maker.getByRole('dialog');
	await made.getByRole('textbox', { name: 'Name of the organization' }).fill('Orchard');
	await made.getByRole('button', { name: 'New organization' }).click();
	await maker.getByRole('heading', { level: 1, name: 'Orchard' }).waitFor();
	await maker.getByRole('link', { name: 'Invite somebody' }).click();
	const invited = maker.getByRole('dialog');
	await invited.getByRole('textbox', { name: 'Name' }).fill('Nina');
	await invited.getByRole('textbox', { name: 'E-mail' }).fill(CLIENT);
	await invited.getByRole('button', { name: 'Send invitation' }).click();
	await maker.getByRole('heading', { level: 1, name: 'Nina' }).waitFor();
	assert.deepEqual(mistakes(maker), []);

	// The client reads the mail in the demo's mailbox, in a browser of their own.
	const client = await open(at.browser);
	await client.goto(at.cloud.url);
	await client.getByRole('link', { name: 'Mailbox of this cloud' }).click();
	await client.getByRole('list', { name: 'Mails' }).getByRole('link').first().click();
	await client.getByText(CLIENT).first().waitFor();
	await client.getByRole('button', { name: 'Open the link' }).click();
	await client.getByRole('heading', { level: 1, name: /Orchard/ }).waitFor();
	const secret = /#.{20}/;
	await eventually(() => assert.ok(!secret.test(client.url()), 'the link’s secret stays in the address'));
	await client.getByRole('textbox', { name: 'Your name' }).fill('Nina Kowalski');
	await client.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
	await client.keyboard.press('Enter');
	await client.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
	await client.getByRole('banner').getByText('Nina Kowalski').waitFor();
	await client.getByRole('banner').getByText('Orchard').waitFor();

	// The label of the box in front of her.
	await client.goto(new URL(`/claim#${at.cloud.labels[0]}`, at.cloud.url).href);
	const question = client.getByRole('dialog', { name: "Add this device to Orchard's devices?" });
	await question.getByRole('button', { name: 'Yes, add it' }).click();
	await client.getByRole('dialog', { name: /is now in Orchard's devices/ }).waitFor();
	const devices = await at.cloud.devices({ email: CLIENT, password: PASSWORD });
	assert.equal(devices.length, 1);
	assert.deepEqual(mistakes(client), []);
	await client.context().close();

	// The maker sees all of it in the organization's history.
	await maker.getByRole('link', { name: 'Organizations' }).click();
	await maker.getByRole('link', { name: /Orchard/ }).click();
	await maker.getByRole('link', { name: 'History' }).click();
	for (const what of ['Device claimed', 'Invitation accepted', 'Person invited', 'Organization made']) {
		await maker.getByRole('listitem').filter({ hasText: what }).first().waitFor();
	}
	await maker.context().close();
});

test('a link that was used is told, and does nothing more', async () => {
	const { url } = at.cloud;
	const { content } = await (await fetch(new URL('/api/mailbox', url))).json();
	const mail = await (await fetch(new URL(`/api/mailbox/mail?id=${content.at(-1).id}`, url))).json();
	const page = await open(at.browser);
	await page.goto(mail.links[0]);
	await page.getByRole('alert').waitFor();
	const title = page.getByRole('heading', { level: 1, name: 'This link can’t be used' });
	await eventually(async () => assert.ok((await title.boundingBox()).height > 10, 'it is there to be seen'));
	await gone(page.getByRole('textbox', { name: 'Password' }));
	await page.context().close();
});

test('below the fourth level none is offered, and it is said why', async () => {
	const maker = at.cloud.user(1);
	const ids = [];
	for (const name of ['Level two', 'Level three', 'Level four']) {
		const body = { name, ...(ids.length ? { parentOrganizationId: ids.at(-1) } : {}) };
		const made = await (await at.cloud.call(maker, 'POST', 'create', body)).json();
		ids.push(made.id);
	}
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	const below = page.getByRole('button', { name: 'New one below' });
	await go(page, `/organizations/${ids[1]}`);
	await page.getByRole('heading', { level: 1, name: 'Level three' }).waitFor();
	await below.waitFor();
	await go(page, `/organizations/${ids[2]}`);
	await page.getByRole('heading', { level: 1, name: 'Level four' }).waitFor();
	await page.getByText('none can be put below this one').waitFor();
	await gone(below);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
