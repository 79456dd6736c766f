import { describe, expect, it } from 'vitest';

import { typedNumber } from './templates';

describe('a typed number', () => {
	it.each([
		['', null],
		['  ', null],
		['0', 0],
		['-12.5', -12.5],
		['12,5', 12.5],
		['1e3', 1000],
		['much', NaN],
		['1,2,3', NaN]
	])('%j is %j', (text, value) => {
		expect(typedNumber(text)).toEqual(value);
	});
});
