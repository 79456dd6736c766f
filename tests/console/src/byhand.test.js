// Devices by hand: many made at once, exported and imported again, what they sign in with and what is known about them;
// how many there may be; and two who change one template.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';

import { PHONE, go, mistakes, open, picture, screen, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone, press } from './support/wait.js';

const at = stage();
const ADMIN = 1;
const STAFF = 2;

const call = (role, method, target, body) => at.cloud.call(at.cloud.user(role), method, target, body);

async function choose(sheet, organization) {
	await sheet.getByRole('searchbox').fill(organization);
	await sheet.getByRole('radio', { name: organization }).check();
}

test('many devices are made for a client, exported, and imported again', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await press(page.getByRole('button', { name: 'Make devices' }));
	const sheet = page.getByRole('dialog', { name: 'Make devices' });
	const whose = sheet.getByRole('combobox', { name: 'Whose they are' }).getByRole('option');
	await eventually(async () => {
		const [own, ...others] = await whose.allTextContents();
		assert.match(own, / \(you\)$/);
		assert.ok(others.length > 0, 'the others of the organization are there');
		assert.ok(!others.includes(own.replace(' (you)', '')), 'one is named once');
	});
	await choose(sheet, 'Green Farm');
	await sheet.getByRole('textbox', { name: 'What they are called' }).fill('Pump');
	await sheet.getByText('Put {n} where the number belongs').waitFor();
	await sheet.getByRole('textbox', { name: 'What they are called' }).fill('Pump {n}');
	await sheet.getByRole('textbox', { name: 'How many' }).fill('12');
	const preview = sheet.getByRole('region', { name: 'What will be made' });
	await preview.getByText('12 × Soil sensor for Green Farm').waitFor();
	await preview.getByText('… to Pump 12').waitFor();
	await sheet.getByRole('combobox', { name: 'Whose they are' }).selectOption('Clara Green');
	await preview.getByText("They are Clara Green's.").waitFor();
	await picture(page, 'devices-make');
	await press(sheet.getByRole('button', { name: 'Make devices' }));
	await sheet.waitFor({ state: 'detached' });
	await page.getByRole('link', { name: 'Pump 12' }).waitFor();
	await screen(page).getByText('15 devices').waitFor();
	const made = await (await call(ADMIN, 'GET', 'search/devices?query=Pump%2012')).json();
	assert.equal(made.content[0].ownerUserId, 3, 'they are hers');

	await page.getByRole('searchbox', { name: 'Search devices' }).fill('pump');
	await screen(page).getByText('12 devices').waitFor();
	await press(page.getByRole('button', { name: 'Export' }));
	const taking = page.getByRole('dialog', { name: 'Export devices with their keys?' });
	await taking.getByText('Only those with “pump” in their names').waitFor();
	await picture(page, 'devices-export');
	const below = taking.getByRole('checkbox', { name: 'Also those of the organizations below it' });
	// Clients are taken out by choice alone.
	await eventually(async () => assert.equal(await below.isChecked(), false));
	await below.check();
	const coming = page.waitForEvent('download');
	await press(taking.getByRole('button', { name: 'Export' }));
	const file = await (await coming).path();
	const table = await readFile(file, 'utf8');
	assert.equal(table.trim().split('\n').length, 13);
	await taking.waitFor({ state: 'detached' });

	const again = `${file}.csv`;
	const lines = table.trim().split('\n');
	const bad = ['x', 'Bad/name', ...lines[0].split(',').slice(2).map(() => '')].join(',');
	await writeFile(again, `${[...lines.slice(0, 3), bad].join('\n')}\n`);
	await press(page.getByRole('button', { name: 'Make devices' }));
	await sheet.getByRole('combobox', { name: 'Make them from' }).selectOption('A table (CSV)');
	await sheet
		.getByRole('textbox', { name: 'Or paste it here' })
		.fill('Device Name\tSerial Number\nPasted\tS-1');
	await sheet.getByText('1 of 1 row is good.').waitFor();
	await sheet.locator('input[type=file]').setInputFiles(again);
	await sheet.getByText(/Left out: .*Auth Token/).waitFor();
	await sheet.getByText('No device can be called “Bad/name”').waitFor();
	await sheet.getByRole('checkbox', { name: 'Make devices of the 2 good rows alone' }).check();
	const shown = await sheet.innerText();
	const tokens = table.match(/\b[\w-]{32}\b/g) ?? [];
	assert.ok(tokens.length > 0 && tokens.every((token) => !shown.includes(token)), 'no key is shown');
	await picture(page, 'devices-import');
	await press(sheet.getByRole('button', { name: 'Make devices' }));
	await sheet.waitFor({ state: 'detached' });
	await screen(page).getByText('14 devices').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('support sees a key when they ask for it, and anybody changes metadata', async () => {
	const looks = async () =>
		(await (await call(ADMIN, 'GET', 'audit?action=show_secrets')).json()).totalElements;
	const page = await open(at.browser, { viewport: PHONE, colorScheme: 'dark' });
	await signIn(page, at.cloud.url, 'Support');
	await go(page, '/devices/1');
	await page.getByRole('heading', { name: 'Device key' }).waitFor();
	assert.equal(await looks(), 0, 'a page that is looked at shows no secret');
	await page.getByRole('button', { name: 'Show', exact: true }).click();
	await page.getByText(/^[\w-]{32}$/).waitFor();
	assert.equal(await looks(), 1);
	await picture(page, 'device-key');
	await page.getByRole('button', { name: 'Hide', exact: true }).click();
	await page.getByText(/^[\w-]{32}$/).waitFor({ state: 'detached' });

	await page.getByRole('button', { name: 'Change metadata' }).click();
	const sheet = page.getByRole('dialog', { name: 'Change metadata' });
	await sheet.getByRole('textbox', { name: 'Serial Number' }).fill('SN-7');
	await sheet.getByRole('button', { name: 'Save' }).click();
	await sheet.waitFor({ state: 'detached' });
	await screen(page).getByText('SN-7').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a limit is set, told, and holds', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/organizations/2');
	await page.getByText(/without a limit/).waitFor();
	await press(page.getByRole('button', { name: 'Device limit' }));
	const sheet = page.getByRole('dialog', { name: 'How many devices may Green Farm have?' });
	await sheet.getByRole('textbox', { name: 'At most' }).fill('3');
	await press(sheet.getByRole('button', { name: 'Save' }));
	await page.getByText(/of at most 3$/).waitFor();
	await picture(page, 'organization-limit');
	await page.context().clearCookies();
	await signIn(page, at.cloud.url);
	await page.getByText(/of at most 3/).waitFor();
	await go(page, '/scan');
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	await page.getByRole('textbox', { name: 'Code on the label' }).fill(at.cloud.labels[0]);
	await page.getByRole('button', { name: 'Check code' }).click();
	await page.getByText('There is no room for more devices.').waitFor();
	await picture(page, 'device-limit');
	const lifted = await call(ADMIN, 'PUT', 'edit/device-limit', { orgId: 2, deviceLimit: null });
	assert.equal(lifted.status, 200);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('of two who change a template neither loses anything', async () => {
	const made = await (await call(STAFF, 'POST', 'template', { name: 'Water valve' })).json();
	const target = `template?templateId=${made.templateId}`;
	const other = async (name) => {
		const now = await (await call(ADMIN, 'GET', target)).json();
		const metaFields = [...now.metaFields, { name, kind: 'text', default: null }];
		assert.equal((await call(ADMIN, 'PUT', target, { ...now, metaFields })).status, 200);
	};
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	const add = async (name, meanwhile) => {
		await page.getByRole('button', { name: 'Add event' }).click();
		await page.getByRole('textbox', { name: 'Name of the event' }).fill(name);
		await page.getByRole('textbox', { name: 'Code in the firmware' }).fill(name.toLowerCase());
		await other(meanwhile);
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByRole('heading', { name: 'Somebody changed this template while you did' }).waitFor();
		await page.getByText(meanwhile).waitFor();
	};
	await go(page, `/templates/${made.templateId}`);
	await add('Stuck', 'Place');
	await picture(page, 'template-conflict');
	await page.getByRole('button', { name: 'Make my change to it' }).click();
	await page.getByText('stuck · Somebody should look').waitFor();
	await page.getByText('Place').waitFor();
	await add('Leaking', 'Depth');
	await page.getByRole('button', { name: 'Overwrite with mine' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Overwrite with mine' }).click();
	await page.getByText('leaking · Somebody should look').waitFor();
	await page.getByText('Depth').waitFor({ state: 'detached' });
	const now = await (await call(ADMIN, 'GET', target)).json();
	assert.deepEqual([now.revision, now.events.length, now.metaFields.length], [5, 2, 1]);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('devices are deleted, one and several, and what has no label is not offered one', async () => {
	for (const name of ['Shed one', 'Shed two', 'Shed three']) {
		const made = await call(ADMIN, 'POST', 'device/create', { templateId: 'TMPLsoil00001', orgId: 1, name });
		assert.equal(made.status, 201);
	}
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await page.getByRole('searchbox', { name: 'Search devices' }).fill('shed');
	await screen(page).getByText('3 devices', { exact: true }).waitFor();
	await page.getByRole('link', { name: 'Shed one' }).click();
	await page.getByRole('button', { name: 'Delete', exact: true }).waitFor();
	await gone(page.getByRole('button', { name: 'Label', exact: true }));
	await gone(page.getByRole('button', { name: 'Take back' }));
	await press(page.getByRole('button', { name: 'Delete', exact: true }));
	const one = page.getByRole('dialog', { name: 'Delete Shed one?' });
	await press(one.getByRole('button', { name: 'Cancel' }));
	await press(page.getByRole('button', { name: 'Delete', exact: true }));
	await picture(page, 'device-delete');
	await press(one.getByRole('button', { name: 'Delete for good' }));
	await page.getByRole('link', { name: 'Shed one' }).waitFor({ state: 'detached' });

	await press(page.getByRole('button', { name: 'Select devices' }));
	const bar = page.getByRole('region', { name: 'Selected devices' });
	await press(bar.getByRole('button', { name: /Select all/ }));
	await bar.getByText('2 devices selected').waitFor();
	await press(bar.getByRole('button', { name: 'Delete' }));
	const several = page.getByRole('dialog', { name: 'Delete 2 devices?' });
	await press(several.getByRole('button', { name: 'Delete for good' }));
	await bar.waitFor({ state: 'detached' });
	const left = await (await call(ADMIN, 'GET', 'search/devices?query=shed')).json();
	assert.deepEqual(left.content, []);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
