import { expect, test } from 'vitest';

import { Heights } from './heights';

const ids = Array.from({ length: 10_000 }, (_, index) => index + 1);

test('a few rows are there wherever one looks, and the list is as high as all of them', () => {
	const heights = new Heights(50);
	for (const from of [0, 49, 50, 123_456, 499_000, 600_000]) {
		const { first, end, before, after } = heights.stretch(ids, from, from + 800);
		expect(end - first).toBeLessThan(45);
		expect(before).toBe(first * 50);
		expect(before + (end - first) * 50 + after).toBe(500_000);
		if (from < 499_000) {
			expect(before).toBeLessThanOrEqual(from);
			expect(before + (end - first) * 50).toBeGreaterThanOrEqual(from + 800);
		}
	}
	expect(heights.stretch(ids, -1_000, -200)).toMatchObject({ first: 0, before: 0 });
	expect(heights.stretch([], 0, 800)).toEqual({ first: 0, end: 0, before: 0, after: 0 });
});

test('what was seen is as high as it was, and the others are as most are', () => {
	const heights = new Heights(50);
	expect(heights.note(1, 100)).toBe(true);
	expect(heights.note(1, 100.4)).toBe(false);
	expect(heights.note(2, 60)).toBe(true);
	expect(heights.top(ids, 3)).toBe(100 + 60 + 80);
	expect(heights.note(1, 60)).toBe(true);
	expect(heights.top(ids, 3)).toBe(180);
	heights.forget();
	expect(heights.top(ids, 3)).toBe(150);
});
