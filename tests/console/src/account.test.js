// One's own account, in the settings: the name, the password, where one is signed in; and what holds for the cloud.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { go, mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone, press } from './support/wait.js';

const at = stage();
const PASSWORD = 'correct horse battery';

/** Opens the settings of somebody of the demo. */
async function settings(person) {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, person);
	await go(page, '/settings');
	await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
	return page;
}

test('a name is changed, and stands everywhere at once', async () => {
	const page = await settings('Support');
	await page.getByRole('textbox', { name: 'Your name' }).fill('Samuel Reed');
	await page.getByLabel('Language of mails').selectOption('de');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').first().waitFor();
	await page.getByRole('banner').getByText('Samuel Reed').waitFor();
	await page.reload();
	await page.getByRole('banner').getByText('Samuel Reed').waitFor();
	const language = page.getByLabel('Language of mails');
	await eventually(async () => assert.equal(await language.inputValue(), 'de'));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('another password ends all other sessions, and the wrong one changes nothing', async () => {
	const elsewhere = await settings('Customer');
	const page = await settings('Customer');
	const { email, password } = at.cloud.user(3);
	const sessions = page.getByRole('list', { name: 'Where you are signed in' });
	await sessions.getByRole('button', { name: 'Sign it out' }).first().waitFor();

	await page.getByRole('button', { name: 'Change password' }).click();
	const sheet = page.getByRole('dialog', { name: 'Change password' });
	await sheet.getByRole('textbox', { name: 'Current password' }).fill('not this one');
	await sheet.getByRole('textbox', { name: 'New password' }).fill(PASSWORD);
	await sheet.getByRole('button', { name: 'Change password' }).click();
	await sheet.getByText('This is not your current password.').waitFor();
	await sheet.getByRole('textbox', { name: 'Current password' }).fill(password);
	await page.keyboard.press('Enter');
	await sheet.waitFor({ state: 'detached' });
	await sessions.getByRole('button', { name: 'Sign it out' }).first().waitFor({ state: 'detached' });

	await elsewhere.reload();
	await elsewhere.getByRole('textbox', { name: 'E-mail' }).fill(email);
	await elsewhere.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
	await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click();
	await elsewhere.getByRole('banner').getByText('Clara Green').waitFor();
	assert.deepEqual(mistakes(page), []);
	await elsewhere.context().close();
	await page.context().close();
});

test('a session is ended from another one', async () => {
	const elsewhere = await settings('Maker');
	const page = await settings('Maker');
	const sessions = page.getByRole('list', { name: 'Where you are signed in' });
	await sessions.getByRole('button', { name: 'Sign it out' }).click();
	await sessions.getByRole('button', { name: 'Sign it out' }).waitFor({ state: 'detached' });
	await elsewhere.reload();
	await elsewhere.getByRole('button', { name: 'Maker' }).waitFor();
	await elsewhere.context().close();
	await page.context().close();
});

test('the maker says whether strangers may make an account', async () => {
	const page = await settings('Maker');
	const choice = page.getByRole('switch', { name: 'Strangers may make an account' });
	const offered = async () => (await (await fetch(new URL('/api/info', at.cloud.url))).json()).signUp;
	const before = await choice.isChecked();
	assert.equal(await offered(), before);
	await choice.focus();
	await page.keyboard.press('Space');
	await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
	assert.equal(await offered(), !before);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();

	const customer = await open(at.browser);
	await customer.goto(at.cloud.url);
	await customer.getByRole('button', { name: 'Support' }).click();
	await customer.getByRole('list', { name: 'Devices' }).waitFor();
	await go(customer, '/settings');
	await customer.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
	await gone(customer.getByRole('switch'));
	await customer.context().close();
});

test('a program is let in, shown its credentials once, and shut out', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/settings');
	await press(page.getByRole('button', { name: 'Let a program in' }));
	await page.getByRole('textbox', { name: 'What to call it' }).fill('Order system');
	await press(page.getByRole('button', { name: 'Make credentials' }));
	const made = page.getByRole('dialog', { name: 'Order system is let in' });
	await picture(page, 'machine-made');
	const id = await made.getByText(/^oa2-client-id_/).innerText();
	const secret = await made.getByText(/^[A-Za-z0-9_-]{40}$/).innerText();
	// Closed by mistake it asks first: nothing shows the secret again.
	await page.keyboard.press('Escape');
	await made.getByRole('alert').getByText('shown only now').waitFor();
	await page.keyboard.press('Escape');
	await made.getByText(secret).waitFor();
	await press(made.getByRole('button', { name: 'Done' }));
	const signInAs = () => {
		const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
		const body = new URLSearchParams(form);
		return fetch(new URL('/oauth2/token', at.cloud.url), { method: 'POST', body });
	};
	assert.equal((await signInAs()).status, 200);
	const list = page.getByRole('list', { name: 'Programs' });
	await list.getByText('Order system').waitFor();
	await list.getByText(/^made by /).waitFor();
	await press(list.getByRole('button', { name: 'Shut out' }));
	await press(page.getByRole('dialog').getByRole('button', { name: 'Shut out' }));
	await list.waitFor({ state: 'detached' });
	assert.equal((await signInAs()).status, 401);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
