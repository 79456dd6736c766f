// Phones: the platform's own scanner fills the screen, reads one code and goes.

import {
	cancel,
	checkPermissions,
	Format,
	requestPermissions,
	scan
} from '@tauri-apps/plugin-barcode-scanner';

import { hostError, isErrorBody } from '../errors';
import type { CameraSink, OpenCamera } from '../host';
import type { FoundCode, Reading } from '../wire';

/** The scanner does not say where the code was: it is taken to fill the picture. */
const WHOLE: FoundCode['corners'] = [
	[0, 0],
	[1, 0],
	[1, 1],
	[0, 1]
];

const FORMATS = [Format.QRCode, Format.DataMatrix, Format.Code128, Format.EAN13, Format.EAN8];

export async function openScanner(
	sink: CameraSink,
	explain: (text: string) => Promise<Reading[]>
): Promise<OpenCamera> {
	await allow();
	let open = true;
	void read(sink, explain, () => open);
	return {
		async close() {
			if (!open) return;
			open = false;
			await cancel();
		}
	};
}

async function allow(): Promise<void> {
	const known = await checkPermissions();
	if (known === 'granted') return;
	if ((await requestPermissions()) !== 'granted') {
		throw hostError('camera_denied', 'The camera may not be used.');
	}
}

async function read(
	sink: CameraSink,
	explain: (text: string) => Promise<Reading[]>,
	isOpen: () => boolean
): Promise<void> {
	try {
		sink.live();
		const { content } = await scan({ formats: FORMATS, windowed: false });
		const code: FoundCode = { text: content, corners: WHOLE, readings: await explain(content) };
		if (isOpen()) sink.codes({ width: 1, height: 1, codes: [code], candidates: [] });
	} catch (thrown) {
		// The scanner rejects with plain words, also when the person leaves it: the screen then offers to open it again.
		const error = isErrorBody(thrown) ? thrown : hostError('camera_failed', String(thrown)).body;
		if (isOpen()) sink.trouble(error);
	}
}
