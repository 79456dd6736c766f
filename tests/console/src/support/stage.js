// What most journeys share: one cloud and one browser for a file of tests.

import { after, before } from 'node:test';
import { join } from 'node:path';

import { launch } from './browser.js';
import { Cloud, handover } from './cloud.js';

/**
 * A cloud and a browser that live as long as the file's tests.
 * @param filmed Whether the camera films a label of the cloud's first unclaimed device.
 * @param faulty Whether things can be made to go wrong: `stage.cloud.fail`.
 */
export function stage({ filmed = false, faulty = false } = {}) {
	const stage = {};
	before(async () => {
		stage.cloud = await Cloud.start(undefined, faulty);
		const film = join(stage.cloud.data, 'film.mjpeg');
		if (filmed)
			await handover(
				'demo',
				'film',
				'--data',
				stage.cloud.data,
				'--size',
				'640x480',
				'--frames',
				'30',
				'--out',
				film
			);
		stage.browser = await launch(filmed ? film : undefined);
	});
	after(async () => {
		await stage.browser?.close();
		await stage.cloud?.stop();
	});
	return stage;
}

/** A photograph of the label that says this; returns its file. */
export async function photograph(cloud, label, name = 'label.png') {
	const file = join(cloud.data, name);
	await handover('demo', 'photo', '--qr', label, '--size', '800x600', '--out', file);
	return file;
}
