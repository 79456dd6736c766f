import { describe, expect, it } from 'vitest';

import { midnights, scaleTop } from './days';

const NOW = new Date(2026, 2, 31, 15, 4, 5).getTime();

describe('the days of a chart', () => {
	it.each([1, 7, 30, 90])('are midnight to midnight: %i', (days) => {
		const all = midnights(NOW, days);
		expect(all).toHaveLength(days + 1);
		for (const time of all) {
			const at = new Date(time);
			expect([at.getHours(), at.getMinutes(), at.getMilliseconds()]).toEqual([0, 0, 0]);
		}
		expect(all.at(-2)).toBeLessThanOrEqual(NOW);
		expect(all.at(-1)).toBeGreaterThan(NOW);
		expect(new Set(all.map((time) => new Date(time).toDateString())).size).toBe(days + 1);
	});
});

it.each([
	[0, 4],
	[1, 4],
	[4, 4],
	[5, 6],
	[9, 10],
	[10, 10],
	[11, 20],
	[150, 200],
	[401, 600],
	[801, 1_000]
])('a scale for up to %i ends at %i', (most, top) => {
	expect(scaleTop(most)).toBe(top);
});
