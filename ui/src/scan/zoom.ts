// How far the camera zooms: as a factor between what it shows at its widest and at its nearest.

import type { ZoomRange } from '../host/wire';

type Range = Pick<ZoomRange, 'min' | 'max'>;

/** How much nearer one press goes. */
const STEP = 1.25;

/** The factor that is wanted, as far as the camera goes. */
export function within({ min, max }: Range, wanted: number): number {
	return Math.min(max, Math.max(min, wanted));
}

/** One press nearer or wider. */
export function stepped({ min, max, now }: ZoomRange, nearer: boolean): number {
	// A range that begins at 0 has no factors to go by.
	if (min <= 0) return within({ min, max }, now + (nearer ? 1 : -1) * ((max - min) / 10));
	return within({ min, max }, nearer ? now * STEP : now / STEP);
}

/** How many times nearer than at its widest, for people. */
export function factor({ min, max, now }: ZoomRange): number {
	return min > 0 ? now / min : 1 + (now - min) / (max - min);
}
