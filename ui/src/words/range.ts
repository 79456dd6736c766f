// The stretch of time that a chart shows, as it is zoomed and moved.

export interface Range {
	from: number;
	to: number;
}

/** A chart shows this many milliseconds at the least: what is kept has a point for each minute. */
export const SHORTEST = 5 * 60_000;
/** And this many at the most, as the cloud has it. */
export const LONGEST = 62 * 24 * 3_600_000;
/** What is longer ago is not kept. */
const OLDEST = 400 * 24 * 3_600_000;

/** A range that is no shorter, longer, earlier or later than there is anything to show in. */
export function within({ from, to }: Range, now: number): Range {
	const length = Math.min(LONGEST, Math.max(SHORTEST, to - from));
	const middle = (from + to) / 2;
	const end = Math.min(now, Math.max(middle + length / 2, now - OLDEST + length));
	return { from: Math.round(end - length), to: Math.round(end) };
}

/** As many times as long, around a time that stays where it is. */
export function zoomed({ from, to }: Range, around: number, times: number, now: number): Range {
	const length = Math.min(LONGEST, Math.max(SHORTEST, (to - from) * times));
	const share = (around - from) / (to - from);
	const start = around - share * length;
	return within({ from: start, to: start + length }, now);
}

/** Later by a share of its length; earlier by a negative one. */
export function moved({ from, to }: Range, share: number, now: number): Range {
	const by = (to - from) * share;
	return within({ from: from + by, to: to + by }, now);
}
