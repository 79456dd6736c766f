// Pixels to codes, with zxing-cpp compiled to WebAssembly. Its file is part of the build: nothing is fetched from
// anywhere but this page's own server.

import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';

import type { RawCode } from './labels';

export interface Question {
	id: number;
	bitmap: ImageBitmap;
	/** A frame of thirty a second gets a quick look, a picture a thorough one. */
	effort: 'quick' | 'thorough';
}

/** The bitmap comes back with the codes that were found in it. */
export type Answer = { id: number; codes: RawCode[]; bitmap: ImageBitmap } | { id: number; failed: string };

const QUICK: ReaderOptions = {
	formats: ['QRCode', 'MicroQRCode', 'DataMatrix', 'Code128', 'EAN13', 'EAN8', 'UPCA'],
	tryHarder: false,
	tryInvert: true,
	tryRotate: true,
	tryDownscale: true,
	maxNumberOfSymbols: 8
};

const THOROUGH: ReaderOptions = { ...QUICK, tryHarder: true };

prepareZXingModule({ overrides: { locateFile: () => wasm } });

self.onmessage = async ({ data }: MessageEvent<Question>) => {
	const { id, bitmap } = data;
	try {
		const answer: Answer = { id, codes: await decode(data), bitmap };
		self.postMessage(answer, { transfer: [bitmap] });
	} catch (thrown) {
		bitmap.close();
		const answer: Answer = { id, failed: thrown instanceof Error ? thrown.message : 'The decoder failed.' };
		self.postMessage(answer);
	}
};

async function decode({ bitmap, effort }: Question): Promise<RawCode[]> {
	const { width, height } = bitmap;
	const surface = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
	if (!surface) throw new Error('This browser offers no canvas to workers.');
	surface.drawImage(bitmap, 0, 0);
	const pixels = surface.getImageData(0, 0, width, height);
	const found = await readBarcodes(pixels, effort === 'quick' ? QUICK : THOROUGH);
	return found
		.filter(({ isValid, text }) => isValid && text !== '')
		.map(({ text, position: { topLeft, topRight, bottomRight, bottomLeft } }) => ({
			text,
			corners: [
				[topLeft.x, topLeft.y],
				[topRight.x, topRight.y],
				[bottomRight.x, bottomRight.y],
				[bottomLeft.x, bottomLeft.y]
			]
		}));
}
