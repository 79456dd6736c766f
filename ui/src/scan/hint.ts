// Which of the detector's hints is said: that of the candidate which is meant, once it has held for a while.

import type { FoundCandidate, Hint, PictureFindings } from '../host/wire';

/** Milliseconds that a hint has to hold before it is said, so that the line can be read and a screen reader keeps up. */
export const HOLD = 500;

/** What is said, and what would be said if it held. */
export interface Hearing {
	said: Hint | null;
	wanted: Hint | null;
	/** When `wanted` came, in milliseconds of any clock. */
	since: number;
}

export const SILENT: Hearing = { said: null, wanted: null, since: 0 };

/**
 * The hint of the candidate that is meant, a large one near the middle, or that for the whole picture. None where a code was
 * read, which is news enough.
 */
export function hintOf({ codes, candidates, hint, width, height }: PictureFindings): Hint | null {
	if (codes.length > 0) return null;
	let best: FoundCandidate | null = null;
	let most = -1;
	for (const candidate of candidates) {
		const [x, y] = middle(candidate);
		const off = Math.hypot(x - width / 2, y - height / 2) / (Math.hypot(width, height) / 2);
		const weight = area(candidate) * Math.max(0, 1 - off) ** 2;
		if (weight > most) [best, most] = [candidate, weight];
	}
	return best?.hint ?? hint ?? null;
}

/** Hears at `now` what would help. */
export function hear(before: Hearing, wanted: Hint | null, now: number): Hearing {
	const since = wanted === before.wanted ? before.since : now;
	const said = now - since >= HOLD ? wanted : before.said;
	return { said, wanted, since };
}

function middle({ corners }: FoundCandidate): [number, number] {
	const mean = (axis: 0 | 1): number =>
		corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length;
	return [mean(0), mean(1)];
}

/** By the diagonals' cross product. */
function area({ corners: [a, b, c, d] }: FoundCandidate): number {
	return Math.abs((c[0] - a[0]) * (d[1] - b[1]) - (c[1] - a[1]) * (d[0] - b[0])) / 2;
}
