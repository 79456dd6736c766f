import { expect, it } from 'vitest';

import { isDark, outline } from './overlay';

it('runs the outline a little outside of the code', () => {
	const corners: [[number, number], [number, number], [number, number], [number, number]] = [
		[0, 0],
		[100, 0],
		[100, 100],
		[0, 100]
	];
	expect(outline({ corners })).toBe('-5,-5 105,-5 105,105 -5,105');
});

it.each([
	[0, true],
	[30, true],
	[90, false],
	[255, false]
])('finds brightness %d dark: %s', (level, dark) => {
	expect(isDark(new Uint8ClampedArray(24 * 24 * 4).fill(level))).toBe(dark);
});
