// What a screen reader is told on each screen.

import { test } from 'node:test';

import { open } from './support/browser.js';
import { SCREENS } from './support/screens.js';
import { matches } from './support/snapshot.js';
import { stage } from './support/stage.js';

const at = stage({ faulty: true });

test('the accessibility tree of every screen', async (t) => {
	const page = await open(at.browser);
	for (const screen of SCREENS) {
		await t.test(screen.name, async () => {
			await screen.enter(page, { cloud: at.cloud, label: at.cloud.labels[0] });
			await matches(page, screen.name);
		});
	}
	await page.context().close();
});
