// A mail server that is away: whoever runs the cloud is told on the first page of the day, and nobody else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fits, go, isAccessible, launch, mistakes, open, PHONE, picture, signIn } from './support/browser.js';
import { Cloud } from './support/cloud.js';
import { gone } from './support/wait.js';

const at = {};
before(async () => {
	// Nobody listens there.
	const environment = {
		HANDOVER_SMTP: 'smtp://127.0.0.1:1?tls=none',
		HANDOVER_MAIL_FROM: 'Handover <no-reply@cloud.example>'
	};
	at.cloud = await Cloud.start({ environment });
	at.browser = await launch();
});
after(async () => {
	await at.browser?.close();
	await at.cloud?.stop();
});

test('mails that wait are told to those at the top, with the reason', async () => {
	const page = await open(at.browser, { viewport: PHONE });
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, '/overview');
	await page.getByText('Nobody added a device in these days.').waitFor();
	const waiting = page.getByRole('region', { name: '1 mail waits to be sent' });
	await gone(waiting);
	const invited = { email: 'nina@greenfarm.example', name: 'Nina', roleId: 3, orgId: 2 };
	assert.ok((await at.cloud.call(at.cloud.user(1), 'POST', 'users/invite', invited)).ok);
	// It comes by itself.
	await waiting.getByText('The mail server cannot be reached.').waitFor();
	await fits(page);
	await isAccessible(page);
	await picture(page, 'mail-waiting');
	await go(page, '/settings');
	await waiting.waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();

	const support = await open(at.browser);
	await signIn(support, at.cloud.url, 'Support');
	await go(support, '/overview');
	await support.getByText('Nobody added a device in these days.').waitFor();
	assert.equal((await at.cloud.call(at.cloud.user(2), 'GET', 'mail/waiting')).status, 403);
	await gone(support.getByRole('region', { name: /waits to be sent/ }));
	assert.deepEqual(mistakes(support), []);
	await support.context().close();
});
