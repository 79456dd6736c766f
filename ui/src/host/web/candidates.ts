// What would help to read a code that the decoder found and could not read. It tells where the code is, and no more: so
// the hint follows from its size.

import type { FoundCode, Hint } from '../wire';

/** Pixels of a side that show a label's code well: 29 modules, as most of ours have, of 3 pixels. */
const ENOUGH = 87;

export function hintFor(corners: FoundCode['corners']): Hint {
	const sides = corners.map(([x, y], index) => {
		const [nextX, nextY] = corners[(index + 1) % corners.length] ?? [x, y];
		return Math.hypot(nextX - x, nextY - y);
	});
	return Math.min(...sides) < ENOUGH ? 'closer' : 'hold_still';
}
