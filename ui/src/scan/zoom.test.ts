import { describe, expect, it } from 'vitest';

import { factor, stepped, within } from './zoom';

const phone = { min: 1, max: 8 };
const driver = { min: 0, max: 60 };

describe('the zoom', () => {
	it.each([
		[0.2, 1],
		[3, 3],
		[9, 8]
	])('wanted at %d is at %d', (wanted, at) => {
		expect(within(phone, wanted)).toBe(at);
	});

	it.each([
		[{ ...phone, now: 2 }, true, 2.5],
		[{ ...phone, now: 2.5 }, false, 2],
		[{ ...phone, now: 7 }, true, 8],
		[{ ...phone, now: 1 }, false, 1],
		[{ ...driver, now: 0 }, true, 6],
		[{ ...driver, now: 3 }, false, 0]
	])('of %j one press nearer (%s) is at %d', (zoom, nearer, at) => {
		expect(stepped(zoom, nearer)).toBe(at);
	});

	it.each([
		[{ min: 100, max: 400, now: 150 }, 1.5],
		[{ ...driver, now: 30 }, 1.5]
	])('of %j is shown as %d times', (zoom, times) => {
		expect(factor(zoom)).toBe(times);
	});
});
