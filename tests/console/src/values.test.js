// A device comes to life while somebody looks: its state in the list, its values, a chart, and what people have it do.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isAccessible, mistakes, open, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { gone } from './support/wait.js';

const at = stage();

/** What the demo's third device says over the HTTPS API. */
async function says(path, query) {
	const { authToken } = at.cloud.demo.tokens[2];
	const to = new URL(`/external/api/${path}?token=${authToken}&${query}`, at.cloud.url);
	const answer = await fetch(to);
	assert.equal(answer.status, 200);
	return answer.text();
}

test('what a device says is on its page without anybody asking for it', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	const row = page.getByRole('listitem').filter({ hasText: 'Orchard gate' });
	await row.getByText('Not connected yet').waitFor();
	await says('update', 'v1=23.5');
	await row.getByText('Online').waitFor();
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	const values = page.getByRole('region', { name: 'Values' });
	await values.getByText('23.5 %').waitFor();
	await says('update', 'v1=24.5');
	await values.getByText('24.5 %').waitFor();
	await says('logEvent', 'code=too_dry&description=Bed 7');
	await page.getByRole('region', { name: 'Events' }).getByText('The soil is too dry: Bed 7').waitFor();
	const chart = page.getByRole('img', { name: 'Moisture over time' });
	await chart.focus();
	await page.keyboard.press('End');
	await page
		.getByRole('region', { name: 'Chart' })
		.getByText(/2[34](\.5)? %/)
		.first()
		.waitFor();
	await isAccessible(page);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('people set what they may set, and the device reads it', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await page.getByRole('link', { name: 'Orchard gate' }).click();
	const values = page.getByRole('region', { name: 'Values' });
	await values.getByRole('button', { name: 'Set Interval' }).click();
	const sheet = page.getByRole('dialog', { name: 'Set Interval' });
	await sheet.getByRole('textbox').fill('30');
	await sheet.getByRole('button', { name: 'Set', exact: true }).click();
	await sheet.waitFor({ state: 'detached' });
	await values.getByText('30', { exact: true }).waitFor();
	assert.equal(await says('get', 'v5'), '30');
	await values.getByRole('button', { name: 'Set Light' }).click();
	const light = page.getByRole('dialog', { name: 'Set Light' });
	await light.getByRole('radio', { name: 'on' }).check();
	await light.getByRole('button', { name: 'Set', exact: true }).click();
	await values.getByText('on', { exact: true }).waitFor();
	assert.equal(await says('get', 'v0'), '1');
	await gone(values.getByRole('button', { name: 'Set Moisture' }));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
