// A frame as it crosses the bridge: u64 sequence, u32 width, u32 height, all little-endian, then RGBA.

import type { PreviewFrame } from '../host';

const HEADER = 16;

/** The frame in these bytes; null when none came in time, or when the lengths disagree. */
export function readFrame(bytes: ArrayBuffer): (PreviewFrame & { sequence: number }) | null {
	if (bytes.byteLength < HEADER) return null;
	const header = new DataView(bytes, 0, HEADER);
	const sequence = Number(header.getBigUint64(0, true));
	const width = header.getUint32(8, true);
	const height = header.getUint32(12, true);
	if (width === 0 || height === 0 || bytes.byteLength !== HEADER + width * height * 4) return null;
	return { sequence, width, height, pixels: new Uint8ClampedArray(bytes, HEADER) };
}
