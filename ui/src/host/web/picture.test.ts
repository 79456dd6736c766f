import { expect, it } from 'vitest';

import { sniff } from './picture';

/** Bytes by position, from text or numbers; the rest is zero. */
function file(length: number, parts: [number, string | number[]][]): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(length);
	for (const [offset, part] of parts) {
		bytes.set(
			typeof part === 'string' ? [...part].map((character) => character.charCodeAt(0)) : part,
			offset
		);
	}
	return bytes;
}

it.each([
	[
		'PNG',
		file(24, [
			[0, '\x89PNG'],
			[16, [0, 0, 117, 48, 0, 0, 117, 48]]
		]),
		{ type: 'image/png', width: 30_000, height: 30_000 }
	],
	['cut PNG', file(12, [[0, '\x89PNG']]), { type: 'image/png' }],
	[
		'GIF',
		file(10, [
			[0, 'GIF89a'],
			[6, [1, 0, 2, 0]]
		]),
		{ type: 'image/gif', width: 1, height: 2 }
	],
	[
		'BMP',
		file(26, [
			[0, 'BM'],
			[18, [5, 0, 0, 0, 6, 0, 0, 0]]
		]),
		{ type: 'image/bmp', width: 5, height: 6 }
	],
	[
		'JPEG',
		file(20, [[0, [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 100, 0, 200]]]),
		{ type: 'image/jpeg', width: 200, height: 100 }
	],
	[
		'WebP',
		file(12, [
			[0, 'RIFF'],
			[8, 'WEBP']
		]),
		{ type: 'image/webp' }
	],
	['PDF named .png', file(12, [[0, '%PDF-1.7']]), null],
	['one byte', file(1, []), null]
])('%s', (_, bytes, kind) => expect(sniff(bytes)).toEqual(kind));
