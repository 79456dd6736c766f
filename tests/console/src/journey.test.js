// The whole way, with real mails and a real camera's film: from an organization that does not exist to a device that went
// through three hands.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { go, launch, mistakes, open, picture, PHONE, signIn, tab } from './support/browser.js';
import { Cloud, handover } from './support/cloud.js';
import { film } from './support/film.js';
import { MailServer, PYTHON } from './support/mail.js';
import { press } from './support/wait.js';

const NINA = { email: 'nina@orchard.example', password: 'apples and pears' };
const OTTO = { email: 'otto@elsewhere.example', password: 'a house by the sea' };
const TABLE = ['Device Name;MAC', 'Pump 1;4A:33:54:68:C9:F1', 'Pump 2;4A:33:54:68:C9:F2']
	.concat(['Pump 3;4A:33:54:68:C9:F3', 'Pump 4;4A:33:54:68:C9:F4', ''])
	.join('\r\n');

const withMail = { skip: PYTHON ? false : 'no mail server: `cargo xtask test --only console` finds one' };
let folder, mails, cloud, browser;

before(async () => {
	if (!PYTHON) return;
	folder = await mkdtemp(join(tmpdir(), 'handover-journey-'));
	mails = await MailServer.start(folder);
	cloud = await Cloud.start(mails);
	browser = await launch();
});

after(async () => {
	await browser?.close();
	await cloud?.stop();
	mails?.stop();
	if (folder) await rm(folder, { recursive: true, force: true });
});

/** The page says nothing of a mistake of ours, and is closed. */
async function leave(page) {
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
}

/** Makes a client's organization and invites somebody into it. */
async function inviteClient(maker) {
	await maker.getByRole('link', { name: 'Organizations' }).click();
	await maker.getByRole('button', { name: 'New organization' }).click();
	const made = maker.getByRole('dialog');
	await made.getByRole('textbox', { name: 'Name of the organization' }).fill('Orchard');
	await made.getByRole('button', { name: 'New organization' }).click();
	await maker.getByRole('link', { name: 'Invite somebody' }).click();
	const invited = maker.getByRole('dialog');
	await invited.getByRole('textbox', { name: 'Name' }).fill('Nina');
	await invited.getByRole('textbox', { name: 'E-mail' }).fill(NINA.email);
	await invited.getByRole('button', { name: 'Send invitation' }).click();
	await maker.getByRole('heading', { level: 1, name: 'Nina' }).waitFor();
}

/** Follows the invitation's mail to an account. */
async function accept(page) {
	await page.goto(await mails.link(NINA.email, 'Invitation to Orchard'));
	await page.getByRole('heading', { level: 1, name: 'Join Orchard' }).waitFor();
	await page.getByRole('textbox', { name: 'Your name' }).fill('Nina Kowalski');
	await page.getByRole('textbox', { name: 'Password' }).fill(NINA.password);
	await page.getByRole('button', { name: 'Accept invitation' }).click();
	await page.getByRole('heading', { level: 1, name: 'Devices' }).waitFor();
}

/** Makes a batch of a table with MAC addresses, exports it, and returns the files of its images. */
async function makeLabels(maker) {
	await go(maker, '/batches');
	await maker.getByRole('button', { name: 'New batch' }).click();
	await maker.getByRole('combobox', { name: 'Make it from' }).selectOption('A table (CSV)');
	await maker.getByRole('textbox', { name: 'Name of the batch' }).fill('Pumps');
	const table = { name: 'pumps.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) };
	await maker.getByLabel('Choose').setInputFiles(table);
	await maker.getByRole('combobox', { name: 'Column that identifies' }).selectOption('MAC');
	await maker.getByRole('combobox', { name: 'What the number is' }).selectOption('MAC address (EUI-48)');
	await maker.getByRole('button', { name: 'Make the batch' }).click();
	await maker.getByRole('heading', { name: 'Pumps', level: 1 }).waitFor();
	await maker.getByText('Pump 4').waitFor();
	await maker.getByRole('button', { name: 'Export', exact: true }).click();
	const coming = maker.waitForEvent('download');
	await maker.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click();
	const zip = join(folder, 'pumps.zip');
	await (await coming).saveAs(zip);
	await promisify(execFile)(PYTHON, ['-m', 'zipfile', '-e', zip, folder]);
	const names = (await readdir(join(folder, 'labels'))).sort();
	assert.equal(names.length, 4, `${names}`);
	return names.map((name) => join(folder, 'labels', name));
}

/** What a phone's own camera makes of a label. */
async function read(label) {
	const [{ codes }] = (await handover('scan', '--json', label))
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	return codes[0].text;
}

/** Holds a label up to the camera of the client's own browser. */
async function claimByCamera(label) {
	const filmed = join(folder, 'film.mjpeg');
	await film(browser, label, filmed);
	const own = await launch(filmed);
	const page = await open(own, { viewport: PHONE });
	await page.goto(cloud.url);
	await page.getByRole('textbox', { name: 'E-mail' }).fill(NINA.email);
	await page.getByRole('textbox', { name: 'Password' }).fill(NINA.password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('link', { name: 'Scan' }).click();
	await page.getByRole('dialog', { name: "Pump 1 is now in Orchard's devices" }).waitFor();
	await page.getByRole('button', { name: 'Done' }).click();
	await leave(page);
	await own.close();
}

/** Support adds labels for the client, from pictures that they sent. */
async function claimForClient(support, labels) {
	await support.getByRole('link', { name: 'Add device' }).first().click();
	await support.getByRole('button', { name: 'For Meadow Instruments. Change' }).click();
	const sheet = support.getByRole('dialog', { name: 'Who are these devices for?' });
	await sheet.getByRole('searchbox').fill('orch');
	await sheet.getByRole('radio', { name: /^Orchard/ }).press('Space');
	await sheet.getByRole('combobox', { name: 'Person' }).selectOption('Nina Kowalski');
	await picture(support, 'client');
	await press(sheet.getByRole('button', { name: 'Add for them' }));
	await support.getByRole('button', { name: 'For Nina Kowalski of Orchard. Change' }).waitFor();
	for (const label of labels) {
		await support.locator('input[type=file]').setInputFiles(label);
		const outcome = support.getByRole('dialog', { name: /Pump . is now in Orchard's devices/ });
		await outcome.getByText('It was added for Nina Kowalski').waitFor();
		await picture(support, 'claimed-for-client');
		await press(outcome.getByRole('button', { name: 'Add another' }));
		await outcome.waitFor({ state: 'detached' });
	}
}

/** Moves a device to the wrong client and takes that back. */
async function moveAndUndo(support) {
	await go(support, '/devices');
	await support.getByRole('link', { name: 'Pump 3' }).click();
	await press(support.getByRole('button', { name: 'Move', exact: true }));
	const sheet = support.getByRole('dialog');
	await sheet.getByRole('searchbox').fill('green');
	await sheet.getByRole('radio', { name: 'Green Farm' }).press('Space');
	await press(sheet.getByRole('button', { name: 'Check' }));
	await press(sheet.getByRole('button', { name: 'Move', exact: true }));
	await support.getByRole('heading', { name: '1 device is with Green Farm now' }).waitFor();
	await press(sheet.getByRole('button', { name: 'Undo' }));
	await support.getByRole('heading', { name: '1 device is back' }).waitFor();
	await press(sheet.getByRole('button', { name: 'Done' }));
	await support.getByText('Undone: left Green Farm').first().waitFor();
}

/** Gives a device up, and returns what the code on the screen says. */
async function release(page, name) {
	await page.getByRole('link', { name }).click();
	await page.getByRole('button', { name: 'Release' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Release device' }).click();
	const released = page.getByRole('dialog', { name: `${name} is released` });
	const link = await released.getByText('claim#sqr_').innerText();
	await released.getByRole('button', { name: 'Done' }).click();
	return link;
}

/** Opens what a label says, as a phone's camera would, and agrees. */
async function follow(page, link, organization) {
	await page.goto('about:blank');
	await page.goto(link);
	const question = page.getByRole('dialog', { name: `Add this device to ${organization}'s devices?` });
	await question.getByRole('button', { name: 'Yes, add it' }).click();
}

/** Somebody without an account holds a label, and gets both. */
async function signUpWith(link) {
	const page = await open(browser, { viewport: PHONE });
	await page.goto(link);
	await page.getByText('Sign in first. Then you decide whether to add the device.').waitFor();
	await page.getByRole('button', { name: 'Create an account' }).click();
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('textbox', { name: 'E-mail' }).fill(OTTO.email);
	await sheet.getByRole('button', { name: 'Send mail' }).click();
	await sheet.getByText('Your label goes along: wherever you open the mail').waitFor();
	// The mail program opens the link in another tab.
	const other = await tab(page.context(), page.said);
	await other.goto(await mails.link(OTTO.email, 'Confirm'));
	await other.getByRole('textbox', { name: 'Your name' }).fill('Otto');
	await other.getByRole('textbox', { name: 'Password' }).fill(OTTO.password);
	await other.getByRole('button', { name: 'Create account' }).click();
	await other.getByRole('button', { name: 'Yes, add it' }).click();
	await other.getByRole('dialog', { name: /^Pump 4 is now in Otto/ }).waitFor();
	await leave(page);
	assert.deepEqual(await cloud.devices(OTTO), ['Pump 4']);
}

test(
	'from the maker to the client, through support, to the next owner and to a stranger',
	withMail,
	async () => {
		const maker = await open(browser);
		await signIn(maker, cloud.url, 'Maker');
		await inviteClient(maker);
		const client = await open(browser);
		await accept(client);
		const labels = await makeLabels(maker);

		await claimByCamera(labels[0]);
		await client.getByRole('link', { name: 'Pump 1' }).waitFor();

		const support = await open(browser);
		await signIn(support, cloud.url, 'Support');
		await claimForClient(support, labels.slice(1, 3));
		await moveAndUndo(support);
		await leave(support);
		assert.deepEqual((await cloud.devices(NINA)).sort(), ['Pump 1', 'Pump 2', 'Pump 3']);

		const renewed = await release(client, 'Pump 1');
		await leave(client);
		const next = await open(browser);
		await signIn(next, cloud.url);
		await follow(next, await read(labels[0]), 'Green Farm');
		await next.getByRole('dialog', { name: "This label can't add a device." }).waitFor();
		await follow(next, renewed, 'Green Farm');
		await next.getByRole('dialog', { name: "Pump 1 is now in Green Farm's devices" }).waitFor();
		await leave(next);

		await go(maker, '/settings');
		const strangers = maker.getByRole('switch', { name: 'Strangers may make an account' });
		if (!(await strangers.isChecked())) {
			await strangers.click();
			// Whoever leaves before may take the wish along.
			await maker.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
		}
		await leave(maker);
		await signUpWith(await read(labels[3]));
	}
);
