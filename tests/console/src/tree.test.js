// What a screen reader is told on each screen.

import { test } from 'node:test';

import { open } from './support/browser.js';
import { walk } from './support/screens.js';
import { matches } from './support/snapshot.js';
import { stage } from './support/stage.js';

const at = stage({ faulty: true });

test('the accessibility tree of every screen', async (t) => {
	const page = await open(at.browser);
	await walk(t, page, at.cloud, ({ name }) => matches(page, name));
	await page.context().close();
});
