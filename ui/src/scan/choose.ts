// Which of the codes in view to act on: a label that claims without a doubt goes before everything else.

import type { Advice, FoundCode, Reading } from '../host/wire';

const RANK: Readonly<Record<Advice, number>> = {
	claim_now: 0,
	ask_first: 1,
	needs_proof: 2,
	check_typing: 3,
	scan_another: 4
};

/** A text and the best reading of it. */
export interface Sight {
	text: string;
	reading: Reading;
}

/** The best sight; null when there is none. */
export function choose(codes: readonly FoundCode[]): Sight | null {
	let best: Sight | null = null;
	for (const { text, readings } of codes) {
		const reading = readings[0];
		if (!reading) continue;
		if (!best || RANK[reading.advice] < RANK[best.reading.advice]) best = { text, reading };
	}
	return best;
}

/** How a code's outline looks: ours is solid and in the accent, others are not. */
export function isOurs({ readings }: FoundCode): boolean {
	return readings[0]?.advice === 'claim_now';
}
