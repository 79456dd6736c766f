import { expect, it } from 'vitest';

import { hintFor } from './candidates';

it.each([
	[60, 60, 'closer'],
	[200, 60, 'closer'],
	[200, 200, 'hold_still']
])('says of a code of %d x %d pixels: %s', (width, height, hint) => {
	const corners: Parameters<typeof hintFor>[0] = [
		[10, 10],
		[10 + width, 10],
		[10 + width, 10 + height],
		[10, 10 + height]
	];
	expect(hintFor(corners)).toBe(hint);
});
