import { expect, it } from 'vitest';

import { counted } from './lists';

it('says that there are more than are counted', () => {
	expect(counted({ total: 12, countsOn: false })).toBe('12');
	expect(counted({ total: 1_000, countsOn: true })).toBe('more than 1,000');
});
