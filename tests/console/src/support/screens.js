// Every screen and sheet, and how to get there, for the checks that go through all of them.

import { go, signIn } from './browser.js';

/**
 * Screens in an order in which each can be reached from the one before it. `enter` ends when the screen stands still.
 */
const SCREENS = [
	{
		name: 'sign-in',
		async enter(page, { cloud }) {
			await page.goto(cloud.url);
			await page.getByRole('button', { name: 'Customer' }).waitFor();
		}
	},
	{
		name: 'sign-in-faults',
		async enter(page) {
			await page.getByRole('button', { name: 'Sign in', exact: true }).click();
			await page.getByRole('textbox', { name: 'E-mail' }).and(page.locator('[aria-invalid]')).waitFor();
		}
	},
	{
		name: 'mailbox-empty',
		async enter(page) {
			await go(page, '/mailbox');
			await page.getByRole('heading', { name: 'No mail yet' }).waitFor();
		}
	},
	{
		name: 'devices',
		async enter(page, { cloud }) {
			await signIn(page, cloud.url);
			await page.getByRole('link', { name: 'Orchard gate' }).waitFor();
		}
	},
	{
		name: 'devices-nothing-found',
		async enter(page) {
			await page.getByRole('searchbox', { name: 'Search devices' }).fill('zeppelin');
			await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
		}
	},
	{
		name: 'device',
		async enter(page) {
			await page.getByRole('button', { name: 'Clear search' }).first().click();
			await page.getByRole('link', { name: 'Tomato bed 2' }).click();
			await page.getByRole('heading', { name: 'Tomato bed 2', level: 1 }).waitFor();
			await page.getByText('Nothing came in this time.').waitFor();
		}
	},
	{
		name: 'device-release',
		async enter(page) {
			await page.getByRole('button', { name: 'Release' }).click();
			await page.getByRole('dialog', { name: 'Release Tomato bed 2?' }).waitFor();
		}
	},
	{
		name: 'device-rename',
		async enter(page) {
			await page.keyboard.press('Escape');
			await page.getByRole('dialog').waitFor({ state: 'detached' });
			await page.getByRole('button', { name: 'Rename' }).click();
			await page.getByRole('textbox', { name: 'Name' }).fill('50 % wet');
		}
	},
	{
		name: 'scan',
		async enter(page) {
			await page.getByRole('button', { name: 'Cancel' }).click();
			await go(page, '/scan');
			await page.getByRole('button', { name: 'Try again' }).waitFor();
		}
	},
	{
		name: 'type-code',
		async enter(page) {
			await page.getByRole('button', { name: 'Type the code instead' }).click();
			await page.getByRole('dialog', { name: 'Type the code' }).waitFor();
		}
	},
	{
		name: 'explained',
		async enter(page) {
			await page.getByRole('textbox', { name: 'Code on the label' }).fill('490154203237518');
			await page.getByRole('button', { name: 'Check code' }).click();
			await page.getByRole('dialog', { name: /names a device/ }).waitFor();
		}
	},
	{
		name: 'outcome',
		async enter(page, { label }) {
			await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
			await page.getByRole('button', { name: 'Type the code instead' }).click();
			await page.getByRole('textbox', { name: 'Code on the label' }).fill(label);
			await page.getByRole('button', { name: 'Check code' }).click();
			await page.getByRole('dialog', { name: /Green Farm's devices/ }).waitFor();
		}
	},
	{
		name: 'settings',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/settings');
			await page.getByRole('heading', { name: 'Settings' }).waitFor();
			await page.getByRole('list', { name: 'Where you are signed in' }).waitFor();
		}
	},
	{
		name: 'shortcuts',
		async enter(page) {
			await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
			await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
		}
	},
	{
		name: 'palette',
		async enter(page) {
			await page.keyboard.press('Escape');
			await page.getByRole('dialog').waitFor({ state: 'detached' });
			await page.keyboard.press('Control+k');
			await page.getByRole('dialog', { name: 'Find anything' }).waitFor();
		}
	},
	{
		name: 'nothing-here',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/nowhere');
			await page.getByRole('heading', { name: 'There is nothing here', level: 1 }).waitFor();
		}
	},
	{
		name: 'devices-of-the-maker',
		async enter(page, { cloud }) {
			await page.context().clearCookies();
			await signIn(page, cloud.url, 'Maker');
			await page.getByRole('button', { name: 'Make devices' }).waitFor();
		}
	},
	{
		name: 'devices-make',
		async enter(page) {
			await page.getByRole('button', { name: 'Make devices' }).click();
			const sheet = page.getByRole('dialog', { name: 'Make devices' });
			await sheet.getByRole('radio', { name: 'Green Farm' }).waitFor();
			await sheet.getByRole('textbox', { name: 'What they are called' }).fill('Pump {n}');
			await sheet.getByRole('region', { name: 'What will be made' }).waitFor();
		}
	},
	{
		name: 'devices-import',
		async enter(page) {
			const sheet = page.getByRole('dialog', { name: 'Make devices' });
			await sheet.getByRole('combobox', { name: 'Make them from' }).selectOption('A table (CSV)');
			await sheet.locator('input[type=file]').setInputFiles({
				name: 'pumps.csv',
				mimeType: 'text/csv',
				buffer: Buffer.from('Device Name,Serial Number,Auth Token\nPump 1,S-1,x\nPump/2,S-2,y\n')
			});
			await sheet.getByRole('checkbox', { name: /good rows alone/ }).waitFor();
		}
	},
	{
		name: 'devices-export',
		async enter(page) {
			await page.keyboard.press('Escape');
			await page.getByRole('dialog').waitFor({ state: 'detached' });
			await page.getByRole('button', { name: 'Export' }).click();
			await page.getByRole('dialog', { name: 'Export devices with their keys?' }).waitFor();
		}
	},
	{
		name: 'device-of-support',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/devices/2');
			await page.getByRole('heading', { name: 'Device key' }).waitFor();
			await page.getByRole('heading', { name: 'Metadata' }).waitFor();
			await page.getByText('Nothing came in this time.').waitFor();
		}
	},
	{
		name: 'device-metadata',
		async enter(page) {
			await page.getByRole('button', { name: 'Change metadata' }).click();
			await page.getByRole('dialog', { name: 'Change metadata' }).waitFor();
		}
	},
	{
		name: 'template',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/templates/TMPLsoil00001');
			await page.getByText('V9 · Acidity').waitFor();
		}
	},
	{
		name: 'organization',
		async enter(page) {
			await go(page, '/organizations/2');
			await page.getByText(/without a limit/).waitFor();
			await page.getByRole('list', { name: 'Claims by day' }).waitFor();
		}
	},
	{
		name: 'organization-limit',
		async enter(page) {
			await page.getByRole('button', { name: 'Device limit' }).click();
			await page.getByRole('dialog', { name: /How many devices/ }).waitFor();
		}
	},
	{
		name: 'audit',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/audit?action=claim');
			await page.getByRole('listitem').filter({ hasText: 'Device claimed' }).first().waitFor();
		}
	},
	{
		name: 'audit-check',
		async enter(page) {
			await page.getByRole('button', { name: 'Check for changes' }).click();
			await page.getByRole('dialog', { name: 'Check for changes' }).waitFor();
		}
	},
	{
		name: 'overview',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/overview');
			await page.getByRole('list', { name: 'Claims by day' }).waitFor();
		}
	},
	{
		name: 'client',
		async enter(page) {
			await go(page, '/scan');
			await page.getByRole('button', { name: /^For .* Change$/ }).click();
			const sheet = page.getByRole('dialog', { name: 'Who are these devices for?' });
			await sheet.getByRole('radio', { name: /Green Farm/ }).press('Space');
			await sheet.getByRole('combobox', { name: 'Person' }).waitFor();
		}
	},
	{
		name: 'approvals',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/approvals');
			await page.getByText('Nobody waits').waitFor();
		}
	},
	{
		name: 'why',
		async enter(page) {
			await go(page, '/why');
			await page.getByRole('textbox', { name: 'What is on the label' }).fill('zeppelin');
			await page.getByRole('button', { name: 'Tell me why' }).click();
			await page.getByRole('heading', { name: 'Nothing of yours has this' }).waitFor();
		}
	},
	{
		name: 'testers',
		async enter(page, { cloud }) {
			await cloud.fail(
				{ endpoint: 'GET /profile', percent: 20, fault: { kind: 'latency', ms: 800, jitter: 200 } },
				{ account: 'customer@greenfarm.example', next: 2, fault: { kind: 'claim', answer: 'device_limit' } }
			);
			await go(page, '/testers');
			await page.getByText('It takes 800 to 1,000 ms longer').waitFor();
		}
	},
	{
		name: 'fault',
		async enter(page, { cloud }) {
			await page.getByRole('button', { name: 'Add a fault' }).click();
			await page.getByRole('dialog', { name: 'Add a fault' }).waitFor();
			await cloud.fail();
		}
	},
	{
		name: 'settings-of-the-maker',
		async enter(page) {
			await page.keyboard.press('Escape');
			await go(page, '/settings');
			await page.getByRole('switch', { name: 'Strangers may make an account' }).waitFor();
			await page.getByRole('list', { name: 'Where you are signed in' }).waitFor();
		}
	},
	{
		name: 'machine',
		async enter(page) {
			await page.getByRole('button', { name: 'Let a program in' }).click();
			await page.getByRole('dialog', { name: 'Let a program in' }).waitFor();
		}
	},
	{
		name: 'password',
		async enter(page) {
			await page.keyboard.press('Escape');
			await page.getByRole('dialog').waitFor({ state: 'detached' });
			await page.getByRole('button', { name: 'Change password' }).click();
			await page.getByRole('dialog', { name: 'Change password' }).waitFor();
		}
	}
];

/**
 * Goes through all screens and checks each.
 * @param t The test that each screen is a part of. Where one cannot be reached, there is no way to those after it.
 */
export async function walk(t, page, cloud, check) {
	let lost = false;
	for (const screen of SCREENS) {
		const skip = lost && 'a screen before it was not reached';
		await t.test(screen.name, { skip }, async () => {
			lost = true;
			await screen.enter(page, { cloud, label: cloud.labels[0] });
			lost = false;
			await check(screen);
		});
	}
}
