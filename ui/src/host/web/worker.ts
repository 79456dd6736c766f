// Pixels to codes, with zxing-cpp compiled to WebAssembly. Its file is part of the build: nothing is fetched from
// anywhere but this page's own server.

import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';

import type { FoundCandidate, FoundCode } from '../wire';
import { hintFor } from './candidates';
import type { RawCode } from './labels';

export interface Question {
	id: number;
	bitmap: ImageBitmap;
	/** A frame of thirty a second gets a quick look, a picture a thorough one. */
	effort: 'quick' | 'thorough';
}

/** What was found in a bitmap. */
export interface Found {
	codes: RawCode[];
	/** What looks like codes and could not be read. */
	candidates: FoundCandidate[];
}

/** The bitmap comes back with what was found in it. */
export type Answer = ({ id: number; bitmap: ImageBitmap } & Found) | { id: number; failed: string };

const QUICK: ReaderOptions = {
	formats: ['QRCode', 'MicroQRCode', 'DataMatrix', 'Code128', 'EAN13', 'EAN8', 'UPCA'],
	tryHarder: false,
	tryInvert: true,
	tryRotate: true,
	tryDownscale: true,
	// What cannot be read counts, too.
	maxNumberOfSymbols: 16,
	returnErrors: true
};

const THOROUGH: ReaderOptions = { ...QUICK, tryHarder: true, returnErrors: false };

prepareZXingModule({ overrides: { locateFile: () => wasm } });

self.onmessage = async ({ data }: MessageEvent<Question>) => {
	const { id, bitmap } = data;
	try {
		const answer: Answer = { id, ...(await decode(data)), bitmap };
		self.postMessage(answer, { transfer: [bitmap] });
	} catch (thrown) {
		bitmap.close();
		const answer: Answer = { id, failed: thrown instanceof Error ? thrown.message : 'The decoder failed.' };
		self.postMessage(answer);
	}
};

async function decode({ bitmap, effort }: Question): Promise<Found> {
	const { width, height } = bitmap;
	const surface = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
	if (!surface) throw new Error('This browser offers no canvas to workers.');
	surface.drawImage(bitmap, 0, 0);
	const pixels = surface.getImageData(0, 0, width, height);
	const found = await readBarcodes(pixels, effort === 'quick' ? QUICK : THOROUGH);
	return {
		codes: found
			.filter(({ isValid, text }) => isValid && text !== '')
			.map((result) => ({
				text: result.text,
				symbologyIdentifier: result.symbologyIdentifier,
				isPart: result.sequenceSize > 1,
				corners: cornersOf(result)
			})),
		candidates: found
			// Bars and textures look like the other formats all the time.
			.filter(({ isValid, symbology }) => !isValid && symbology === 'QRCode')
			.map(cornersOf)
			.map((corners) => ({ corners, hint: hintFor(corners) }))
	};
}

function cornersOf({ position }: ReadResult): FoundCode['corners'] {
	const { topLeft, topRight, bottomRight, bottomLeft } = position;
	return [
		[topLeft.x, topLeft.y],
		[topRight.x, topRight.y],
		[bottomRight.x, bottomRight.y],
		[bottomLeft.x, bottomLeft.y]
	];
}
