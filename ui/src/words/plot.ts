// Where the points of a chart lie, and where its line breaks.

import type { DeviceAbsence, DeviceHistory, DevicePoint } from '../host/wire';

/** A silence is a gap where it is this many times as long as usual. */
const MUCH_LONGER = 4;

/** How long it usually is from one point to the next: the middle one of all such times. */
function usual(points: readonly DevicePoint[], step: number): number {
	const times = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at));
	times.sort((one, other) => one - other);
	return Math.max(step, times[Math.floor(times.length / 2)] ?? step);
}

/**
 * Stretches of points without a time between them in which the device was away for longer than the steps beside it hide, or
 * said nothing for much longer than usual.
 */
export function stretches({ points, absences, step }: DeviceHistory): DevicePoint[][] {
	const longest = MUCH_LONGER * usual(points, step);
	const found: DevicePoint[][] = [];
	let last: DevicePoint | undefined;
	for (const point of points) {
		const before = last;
		const away =
			before !== undefined &&
			absences.some(
				({ since, until }) => since < point.at && (until ?? Infinity) > before.at + step && since >= before.at
			);
		const silent = before !== undefined && point.at - before.at > longest;
		if (before === undefined || away || silent) found.push([]);
		found.at(-1)?.push(point);
		last = point;
	}
	return found;
}

/**
 * Points where they are within their steps: of a step that began while the device was away, what came in it came once it was
 * back.
 */
export function placed(
	points: readonly DevicePoint[],
	{ absences, step }: Pick<DeviceHistory, 'absences' | 'step'>
): DevicePoint[] {
	return points.map((point) => {
		const back = absences.find(
			({ since, until }) => since <= point.at && until !== null && until > point.at && until < point.at + step
		);
		return back?.until ? { ...point, at: back.until } : point;
	});
}

/** Whether nothing is known of a time when the device was away: no line goes through it, however short it was. */
export function isEmpty({ since, until }: DeviceAbsence, points: readonly DevicePoint[]): boolean {
	return !points.some(({ at }) => at > since && at < (until ?? Infinity));
}

/** The least and the greatest that a chart shows, with some room where there is but one number. */
export function bounds(points: readonly DevicePoint[]): { low: number; high: number } {
	const low = Math.min(...points.map(({ min }) => min));
	const high = Math.max(...points.map(({ max }) => max));
	return low === high ? { low: low - 1, high: high + 1 } : { low, high };
}

/** Points that a line is drawn through at the most: more than a screen has columns say nothing more. */
const MOST = 300;

/** As few points as a line needs: neighbours are put together, and none of their extremes is lost. */
export function thinned(points: readonly DevicePoint[], most = MOST): DevicePoint[] {
	const each = Math.ceil(points.length / most);
	if (each <= 1) return [...points];
	const found: DevicePoint[] = [];
	for (let start = 0; start < points.length; start += each) {
		const some = points.slice(start, start + each);
		const first = some[0];
		if (!first) continue;
		found.push({
			at: first.at,
			mean: some.reduce((sum, { mean }) => sum + mean, 0) / some.length,
			min: Math.min(...some.map(({ min }) => min)),
			max: Math.max(...some.map(({ max }) => max))
		});
	}
	return found;
}

/** Where a time or a number is in a drawing. */
type Place = (of: number) => number;

/** The means of a line, as an SVG's points. A point alone is drawn from itself to itself, as a dot. */
export function linePath(line: readonly DevicePoint[], x: Place, y: Place): string {
	const ends = [...line, ...line.slice(0, line.length === 1 ? 1 : 0)];
	return ends.map(({ at, mean }) => `${x(at)},${y(mean)}`).join(' ');
}

/** What is between the least and the greatest of a line, as an SVG's points. */
export function areaPath(line: readonly DevicePoint[], x: Place, y: Place): string {
	const above = line.map(({ at, max }) => `${x(at)},${y(max)}`);
	const below = [...line].reverse().map(({ at, min }) => `${x(at)},${y(min)}`);
	return [...above, ...below].join(' ');
}
