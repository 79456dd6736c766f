import { expect, it } from 'vitest';

import { remaining } from './gateways';

it.each([
	[0, '0:00'],
	[1, '0:01'],
	[59_001, '1:00'],
	[247_000, '4:07'],
	[3_600_000, '60:00']
])('%d milliseconds are %s', (milliseconds, want) => {
	expect(remaining(milliseconds)).toBe(want);
});
