// Days as they pass where the person is.

/** The midnights that the last so many days begin and end at, in milliseconds since the epoch; the last one is to come. */
export function midnights(now: number, days: number): number[] {
	const first = new Date(now);
	first.setHours(0, 0, 0, 0);
	return Array.from({ length: days + 1 }, (_, index) => {
		// A day may have 23 or 25 hours: the calendar counts, not the clock.
		const midnight = new Date(first);
		midnight.setDate(first.getDate() - days + 1 + index);
		return midnight.getTime();
	});
}

/** What a chart's height stands for at the least: one of a day is not as high as the chart. */
const LEAST = 4;

/** A round number that has a half, as the top of a scale for up to so many: a few are not as high as the chart. */
export function scaleTop(most: number): number {
	const wanted = Math.max(LEAST, most);
	const power = 10 ** Math.floor(Math.log10(wanted));
	const round = [1, 2, 4, 6, 8].map((times) => times * power).find((top) => top >= wanted && top % 2 === 0);
	return round ?? 10 * power;
}
