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
