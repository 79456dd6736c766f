// Devices change hands: a customer releases one and the new code claims it, support moves all that there are and takes it
// back, with the keyboard alone where it counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mistakes, open, picture, signIn } from './support/browser.js';
import { makeMany } from './support/many.js';
import { stage } from './support/stage.js';
import { gone, press, until } from './support/wait.js';

const at = stage();

test('a customer releases a device, and the code on the screen claims it', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Tomato bed 2' }).click();
	await press(page.getByRole('button', { name: 'Release' }));
	const asked = page.getByRole('dialog', { name: 'Release Tomato bed 2?' });
	// Unless they say otherwise.
	await asked.getByRole('radio', { name: 'Erase it', checked: true }).waitFor();
	await asked.getByRole('radio', { name: 'Erase it' }).press('ArrowDown');
	await asked.getByRole('radio', { name: 'Hand it on', checked: true }).waitFor();
	await asked.getByRole('textbox', { name: 'Reason (optional)' }).fill('The bed is gone');
	await press(asked.getByRole('button', { name: 'Release device' }));
	const released = page.getByRole('dialog', { name: 'Tomato bed 2 is released' });
	await released.getByRole('img', { name: 'QR code of Tomato bed 2' }).waitFor();
	// Closed by mistake it asks first, however often; and it is there after going back.
	const link = await released.getByText('claim#sqr_').innerText();
	await page.keyboard.press('Escape');
	await released.getByRole('alert').getByText('shown only now').waitFor();
	await page.keyboard.press('Escape');
	await press(released.getByRole('button', { name: 'Close', exact: true }));
	await released.getByText(link).waitFor();
	await page.goBack();
	await released.getByText(link).waitFor();
	await press(released.getByRole('button', { name: 'Close, I have it' }));
	await gone(released);
	await page.getByRole('link', { name: 'Tomato bed 2' }).waitFor({ state: 'detached' });
	const claimed = await at.cloud.call(at.cloud.user(3), 'POST', 'static-tokens/claim', { token: link });
	assert.equal(claimed.status, 201);
	assert.equal((await claimed.json()).name, 'Tomato bed 2');
	const told = await at.cloud.call(at.cloud.user(1), 'GET', 'audit?action=release_device');
	assert.equal((await told.json()).content[0].reason, 'The bed is gone');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a customer deletes a device of their own, after they were told what goes with it', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Tomato bed 2' }).click();
	await press(page.getByRole('button', { name: 'Delete', exact: true }));
	const asked = page.getByRole('dialog', { name: 'Delete Tomato bed 2?' });
	await asked.getByText('nothing brings it back').waitFor();
	await picture(page, 'device-delete-own');
	await press(asked.getByRole('button', { name: 'Cancel' }));
	await press(page.getByRole('button', { name: 'Delete', exact: true }));
	await press(asked.getByRole('button', { name: 'Delete for good' }));
	const deleted = page.getByRole('dialog', { name: 'Tomato bed 2 is deleted' });
	const link = await deleted.getByText('claim#sqr_').innerText();
	// What was copied is no longer asked about.
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await press(deleted.getByRole('button', { name: 'Copy link' }));
	await deleted.getByText('Copied.').waitFor();
	await page.keyboard.press('Escape');
	await gone(deleted);
	await page.getByRole('link', { name: 'Tomato bed 2' }).waitFor({ state: 'detached' });
	const claimed = await at.cloud.call(at.cloud.user(3), 'POST', 'static-tokens/claim', { token: link });
	assert.equal(claimed.status, 201);
	const { id } = await claimed.json();
	const renamed = await at.cloud.call(at.cloud.user(3), 'PUT', `device?deviceId=${id}`, {
		name: 'Tomato bed 2'
	});
	assert.equal(renamed.status, 200);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test("a client's administrator is not offered what only the maker does", async () => {
	const [maker, customer] = [at.cloud.user(1), at.cloud.user(3)];
	const me = await (await at.cloud.call(customer, 'GET', 'me')).json();
	const become = async (roleId) => {
		const role = { userId: me.user.id, roleId };
		assert.equal((await at.cloud.call(maker, 'PUT', 'users/role', role)).status, 204);
	};
	await become(1);
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	await page.getByRole('button', { name: 'Label', exact: true }).waitFor();
	await gone(page.getByRole('button', { name: 'Take back' }));
	await become(3);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('support moves all that there are, sees what became of each, and takes it back', async () => {
	const made = await at.cloud.call(at.cloud.user(1), 'POST', 'create', { name: 'Orchard Hill' });
	assert.equal(made.status, 201);
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Support');
	await press(page.getByRole('button', { name: 'Select devices' }));
	await page.getByRole('checkbox', { name: 'Select Orchard gate' }).press('Space');
	const bar = page.getByRole('region', { name: 'Selected devices' });
	await bar.getByText('1 device selected').waitFor();
	await press(bar.getByRole('button', { name: /Select all/ }));
	await bar.getByText('3 devices selected').waitFor();
	await press(bar.getByRole('button', { name: 'Move' }));
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('searchbox').fill('orchard');
	await sheet.getByRole('radio', { name: /Orchard Hill/ }).press('Space');
	await press(sheet.getByRole('button', { name: 'Check' }));
	await sheet.getByText('3 devices will move to Orchard Hill.').waitFor();
	await press(sheet.getByRole('button', { name: 'Move', exact: true }));
	await page.getByRole('heading', { name: '3 devices are with Orchard Hill now' }).waitFor();
	await press(sheet.getByRole('button', { name: 'Done' }));
	await bar.waitFor({ state: 'detached' });
	// Back again, from the list: what it says can be undone, it undoes.
	const moved = page.getByRole('region', { name: 'Undo' });
	await moved.getByText('3 devices moved to Orchard Hill.').waitFor();
	await picture(page, 'moved');
	await press(moved.getByRole('button', { name: 'Undo' }));
	await press(sheet.getByRole('button', { name: 'Undo' }));
	await page.getByRole('heading', { name: '3 devices are back' }).waitFor();
	await press(sheet.getByRole('button', { name: 'Done' }));
	await moved.waitFor({ state: 'detached' });
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	await page.getByRole('heading', { name: 'Where it has been' }).waitFor();
	await page.getByText('Undone: left Orchard Hill').first().waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('devices that were chosen are taken back together, and a move says how far it is', async () => {
	const page = await open(at.browser);
	const support = at.cloud.user(2);
	const listed = await (
		await at.cloud.call(support, 'GET', 'devices?includeSubOrgDevices=true&size=100')
	).json();
	const [first] = listed.content;
	const ids = listed.content.map(({ id }) => id);
	const { content } = await (await at.cloud.call(support, 'GET', 'sub-organizations?query=orchard')).json();
	const newOrgId = content[0].id;
	await at.cloud.call(support, 'POST', 'devices/transfer', {
		deviceIds: [first.id],
		newOrgId,
		dryRun: false
	});
	await signIn(page, at.cloud.url, 'Support');
	await press(page.getByRole('button', { name: 'Select devices' }));
	const bar = page.getByRole('region', { name: 'Selected devices' });
	await press(bar.getByRole('button', { name: /Select all/ }));
	await bar.getByText(`${ids.length} devices selected`).waitFor();
	await press(bar.getByRole('button', { name: 'Undo' }));
	const sheet = page.getByRole('dialog');
	await sheet.getByText('A claim or move of the last 10 minutes is taken back').waitFor();
	await press(sheet.getByRole('button', { name: 'Undo' }));
	await page.getByRole('heading', { name: '1 device is back' }).waitFor();
	await press(sheet.getByRole('button', { name: 'Done' }));

	// While it is done, nothing says that nothing was.
	let go;
	const goes = new Promise((resolve) => (go = resolve));
	await page.route('**/devices/transfer', async (route) => {
		if (!route.request().postDataJSON().dryRun) await goes;
		await route.continue();
	});
	await press(page.getByRole('button', { name: 'Select devices' }));
	await press(bar.getByRole('button', { name: /Select all/ }));
	await bar.getByText(`${ids.length} devices selected`).waitFor();
	await press(bar.getByRole('button', { name: 'Move' }));
	await sheet.getByRole('searchbox').fill('orchard');
	await sheet.getByRole('radio', { name: /Orchard Hill/ }).press('Space');
	await press(sheet.getByRole('button', { name: 'Check' }));
	await sheet.getByText('Nothing has been moved yet.').waitFor();
	await press(sheet.getByRole('button', { name: 'Move', exact: true }));
	await page.getByRole('heading', { name: 'Moving to Orchard Hill' }).waitFor();
	await sheet.getByText(`0 of ${ids.length} are with Orchard Hill now.`).waitFor();
	await gone(sheet.getByText('Nothing has been moved yet.'));
	go();
	await page.getByRole('heading', { name: /are with Orchard Hill now/ }).waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

/** Holds what is really done there; each call of what it returns lets one of them go. */
async function holding(page, place) {
	const held = [];
	await page.route(place, async (route) => {
		if (!route.request().postDataJSON().dryRun) await new Promise((resolve) => held.push(resolve));
		await route.continue();
	});
	return async () => {
		await until(
			() => held.length,
			(count) => count > 0
		);
		held.shift()();
	};
}

test('a move and its undoing go on behind their sheet, and say what is left where they were stopped', async () => {
	await makeMany(at.cloud, 232);
	await at.cloud.call(at.cloud.user(1), 'POST', 'create', { name: 'Far Field' });
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	const moves = await holding(page, '**/devices/transfer');
	const undoes = await holding(page, '**/devices/undo');
	await page.getByRole('searchbox', { name: 'Search devices' }).fill('Pump');
	await press(page.getByRole('button', { name: 'Select devices' }));
	const bar = page.getByRole('region', { name: 'Selected devices' });
	await press(bar.getByRole('button', { name: 'Select all 232 found' }));
	await bar.getByText('232 devices selected').waitFor();
	await press(bar.getByRole('button', { name: 'Move' }));
	const sheet = page.getByRole('dialog');
	await sheet.getByRole('searchbox').fill('far field');
	await sheet.getByRole('radio', { name: /Far Field/ }).press('Space');
	await press(sheet.getByRole('button', { name: 'Check' }));
	await sheet.getByText('232 devices will move to Far Field.').waitFor();
	await press(sheet.getByRole('button', { name: 'Move', exact: true }));
	await moves();
	await sheet.getByText('100 of 232 are with Far Field now.').waitFor();

	// Whoever closes the page is asked whether they mean it.
	const asked = page.waitForEvent('dialog');
	await page.close({ runBeforeUnload: true });
	const leaving = await asked;
	assert.equal(leaving.type(), 'beforeunload');
	await leaving.dismiss();

	await page.keyboard.press('Escape');
	const notice = page.getByRole('region', { name: 'Undo' });
	await notice.getByText('100 of 232 are with Far Field now.').waitFor();
	await press(notice.getByRole('button', { name: 'Stop' }));
	await moves();
	await notice.getByText('200 devices moved to Far Field.').waitFor();
	await notice.getByText('32 devices did not move').click();
	await notice.getByRole('list', { name: '32 devices did not move' }).getByText('Pump').first().waitFor();
	await picture(page, 'moved-in-part');

	await press(notice.getByRole('button', { name: 'Undo' }));
	await press(sheet.getByRole('button', { name: 'Undo' }));
	await sheet.getByText('0 of 200 are back.').waitFor();
	await sheet.getByRole('button', { name: 'Stop' }).waitFor();
	await page.keyboard.press('Escape');
	await notice.getByText('0 of 200 are back.').waitFor();
	await press(notice.getByRole('button', { name: 'Stop' }));
	await undoes();
	await notice.getByText('100 back, 100 not yet.').waitFor();
	await press(notice.getByRole('button', { name: 'Go on' }));
	await undoes();
	await notice.getByText('200 devices are back').waitFor();
	await press(notice.getByRole('button', { name: 'Done' }));
	await gone(notice);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
