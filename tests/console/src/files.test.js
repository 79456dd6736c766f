// Files that devices upload, on the device's page: saved, and deleted by whoever may.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { go, mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { gone, press } from './support/wait.js';

const at = stage();

/** What a device uploads, and the link that it is told. */
async function upload(name, text) {
	const form = new FormData();
	form.append('upfile', new Blob([text], { type: 'text/html' }), name);
	const { authToken } = at.cloud.demo.tokens[0];
	const to = new URL(`/external/api/upload?token=${authToken}`, at.cloud.url);
	const answer = await fetch(to, { method: 'POST', body: form });
	const link = await answer.text();
	assert.equal(answer.status, 200, link);
	return link;
}

test('what a device uploads is saved and deleted on its page', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await go(page, '/devices/1');
	const files = page.getByRole('region', { name: 'Files' });
	await files.getByText('It has uploaded nothing yet.').waitFor();
	const link = await upload('report <b>.html', '<script>document.title = "taken"</script>');
	// It comes by itself.
	await files.getByText('report _b_.html').waitFor();
	await picture(page, 'device-files');
	const [saved] = await Promise.all([
		page.waitForEvent('download'),
		files.getByRole('button', { name: 'Save report _b_.html' }).click()
	]);
	assert.equal(saved.suggestedFilename(), 'report _b_.html');
	assert.match(await readFile(await saved.path(), 'utf8'), /taken/);
	// Its link is saved, too, and never a page.
	const opened = await fetch(link);
	assert.equal(opened.headers.get('content-type'), 'application/octet-stream');
	await press(files.getByRole('button', { name: 'Delete report _b_.html' }));
	const asked = page.getByRole('dialog', { name: 'Delete report _b_.html?' });
	await press(asked.getByRole('button', { name: 'Delete', exact: true }));
	await gone(files.getByText('report _b_.html'));
	await files.getByText('It has uploaded nothing yet.').waitFor();
	assert.equal((await fetch(link)).status, 404);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
