// Geometry of the outlines that lie on codes, and on what looks like one.

import type { FoundCode } from '../host/wire';

/** How far outside of the code its outline runs, as a share of the code's size: it must not cover the modules. */
const MARGIN = 0.05;

/** The points of an SVG polygon around a code. */
export function outline({ corners }: Pick<FoundCode, 'corners'>): string {
	const x = corners.reduce((sum, corner) => sum + corner[0], 0) / corners.length;
	const y = corners.reduce((sum, corner) => sum + corner[1], 0) / corners.length;
	return corners
		.map(([cx, cy]) => `${round(cx + (cx - x) * MARGIN * 2)},${round(cy + (cy - y) * MARGIN * 2)}`)
		.join(' ');
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

/** Whether a picture is too dark to read, by the mean of some of its RGBA pixels. */
export function isDark(pixels: Uint8ClampedArray): boolean {
	const SAMPLES = 400;
	const DARK = 42;
	const step = Math.max(1, Math.floor(pixels.length / 4 / SAMPLES)) * 4;
	let sum = 0;
	let count = 0;
	for (let at = 0; at + 2 < pixels.length; at += step) {
		// Green carries most of the brightness that a decoder sees.
		sum += (pixels[at] ?? 0) + 2 * (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0);
		count += 4;
	}
	return count > 0 && sum / count < DARK;
}
