// What kind of picture a file is, by its first bytes, and how large where the header says so at a fixed place:
// enough to tell "no picture" from "damaged", and to refuse absurd sizes before memory is taken for them.

/** Pixels of a picture at most: 100 megapixels, as in the app. */
export const MAX_PIXELS = 100_000_000;

export interface PictureKind {
	type: string;
	width?: number;
	height?: number;
}

/** The kind of picture that starts like this; null for anything else. */
export function sniff(bytes: Uint8Array<ArrayBuffer>): PictureKind | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const has = (offset: number, magic: string): boolean =>
		[...magic].every((character, index) => bytes[offset + index] === character.charCodeAt(0));

	if (has(0, '\x89PNG')) return { type: 'image/png', ...size(view, 16, 20, 4, false) };
	if (has(0, 'GIF8')) return { type: 'image/gif', ...size(view, 6, 8, 2, true) };
	if (has(0, 'BM')) return { type: 'image/bmp', ...size(view, 18, 22, 4, true) };
	if (has(0, '\xff\xd8\xff')) return { type: 'image/jpeg', ...jpegSize(view) };
	if (has(0, 'RIFF') && has(8, 'WEBP')) return { type: 'image/webp' };
	if (has(4, 'ftypavif')) return { type: 'image/avif' };
	return null;
}

type Size = Pick<PictureKind, 'width' | 'height'>;

function size(view: DataView, width: number, height: number, bytes: 2 | 4, little: boolean): Size {
	if (view.byteLength < height + bytes) return {};
	const at = (offset: number): number =>
		bytes === 2 ? view.getUint16(offset, little) : view.getUint32(offset, little);
	return { width: at(width), height: at(height) };
}

/** The size stands in the first start-of-frame segment (ITU T.81, B.2.2). */
function jpegSize(view: DataView): Size {
	let offset = 2;
	while (offset + 9 < view.byteLength && view.getUint8(offset) === 0xff) {
		const marker = view.getUint8(offset + 1);
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) };
		offset += 2 + view.getUint16(offset + 2);
	}
	return {};
}
