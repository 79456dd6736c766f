import { describe, expect, test } from 'vitest';

import { areaPath, bounds, isEmpty, linePath, placed, stretches, thinned } from './plot';

const point = (at: number, mean = at) => ({ at, mean, min: mean - 1, max: mean + 1 });

describe('the line of a chart', () => {
	const points = [0, 10, 20, 30].map((at) => point(at));

	test.each([
		['nothing is missing', [], [4]],
		['away within a step', [{ since: 11, until: 14 }], [4]],
		['away in between', [{ since: 12, until: 18 }], [2, 2]],
		['away until now', [{ since: 35, until: null }], [4]],
		[
			'twice',
			[
				{ since: 1, until: 9 },
				{ since: 22, until: 29 }
			],
			[1, 2, 1]
		]
	])('breaks where the device was away: %s', (_name, absences, want) => {
		const found = stretches({ points, absences, step: 5 });
		expect(found.map(({ length }) => length)).toEqual(want);
	});

	test.each([
		['at the start of a step', { since: 8, until: 13 }, [0, 13, 20]],
		['over the end of a step', { since: 13, until: 22 }, [0, 10, 22]],
		['within a step', { since: 11, until: 14 }, [0, 10, 20]],
		['for more than a step', { since: 8, until: 25 }, [0, 10, 25]],
		['until now', { since: 21, until: null }, [0, 10, 20]]
	])('has no point where the device was away: %s', (_name, absence, want) => {
		const found = placed(
			[0, 10, 20].map((at) => point(at)),
			{ absences: [absence], step: 10 }
		);
		expect(found.map(({ at }) => at)).toEqual(want);
	});

	test.each([
		[{ since: 11, until: 14 }, true],
		[{ since: 10, until: 20 }, true],
		[{ since: 31, until: null }, true],
		// It was away, and told later what it measured then.
		[{ since: 8, until: 25 }, false],
		[{ since: 25, until: null }, false]
	])('goes through no time of which nothing is known: %o', (absence, want) => {
		expect(isEmpty(absence, points)).toBe(want);
	});

	test.each([
		['as often as ever', [0, 5, 10, 15, 20], [5]],
		['one was lost', [0, 5, 15, 20, 25], [5]],
		['silent for long', [0, 5, 10, 60, 65], [3, 2]],
		['seldom, and evenly', [0, 100, 200, 300], [4]],
		['one alone', [0], [1]],
		['none', [], []]
	])('breaks where nothing was said for much longer than usual: %s', (_name, at, want) => {
		const found = stretches({ points: at.map((one) => point(one)), absences: [], step: 5 });
		expect(found.map(({ length }) => length)).toEqual(want);
	});

	test.each([
		['a line', [0, 10], '0,0 10,20', '0,2 10,22 10,18 0,-2'],
		['a point alone is a dot', [10], '10,20 10,20', '10,22 10,18']
	])('is drawn as points: %s', (_name, at, line, area) => {
		const points = at.map((one) => point(one));
		const [x, y] = [(time: number) => time, (value: number) => 2 * value];
		expect(linePath(points, x, y)).toBe(line);
		expect(areaPath(points, x, y)).toBe(area);
	});

	test('has room for one number, too', () => {
		expect(bounds([{ at: 0, mean: 5, min: 5, max: 5 }])).toEqual({ low: 4, high: 6 });
	});

	test('has a bounded number of points, and keeps their extremes', () => {
		const many = Array.from({ length: 1_500 }, (_, at) => point(at, at === 700 ? 9_999 : 5));
		const few = thinned(many);
		expect(few.length).toBeLessThanOrEqual(300);
		expect(Math.max(...few.map(({ max }) => max))).toBe(10_000);
		expect(thinned(points)).toEqual(points);
	});
});
