import { expect, test } from 'vitest';

import { LONGEST, moved, SHORTEST, within, zoomed } from './range';

const HOUR = 3_600_000;
const NOW = 1_000_000 * HOUR;
const day = { from: NOW - 24 * HOUR, to: NOW };

test('what is pointed at stays where it is', () => {
	const around = NOW - 6 * HOUR;
	expect(zoomed(day, around, 0.5, NOW)).toEqual({ from: NOW - 15 * HOUR, to: NOW - 3 * HOUR });
	expect(zoomed(zoomed(day, around, 0.5, NOW), around, 2, NOW)).toEqual(day);
});

test('there is a shortest and a longest, and nothing after now', () => {
	const { from, to } = zoomed(day, NOW, 1e-9, NOW);
	expect([to - from, to]).toEqual([SHORTEST, NOW]);
	const long = zoomed(day, NOW - 12 * HOUR, 1e9, NOW);
	expect([long.to - long.from, long.to]).toEqual([LONGEST, NOW]);
	expect(moved(day, 0.5, NOW)).toEqual(day);
	expect(moved(day, -0.5, NOW)).toEqual({ from: NOW - 36 * HOUR, to: NOW - 12 * HOUR });
	expect(moved(day, -1_000, NOW).from).toBe(NOW - 400 * 24 * HOUR);
	expect(within({ from: NOW + HOUR, to: NOW + 2 * HOUR }, NOW)).toEqual({ from: NOW - HOUR, to: NOW });
});
