import { expect, test } from 'vitest';

import { fileSize } from './sizes';

test.each([
	[0, '0 bytes'],
	[1, '1 byte'],
	[10, '10 bytes'],
	[999, '999 bytes'],
	[1_000, '1 kB'],
	[1_234_567, '1.2 MB'],
	[5_242_880, '5.2 MB']
])('%i bytes are %s', (bytes, want) => {
	expect(fileSize(bytes)).toBe(want);
});
