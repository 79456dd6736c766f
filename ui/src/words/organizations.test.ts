import { expect, it } from 'vitest';

import { moveText } from './moves';
import { toldApart } from './organizations';

it('numbers organizations of one name that are told together', () => {
	const one = { id: 2, name: 'Green Farm' };
	expect(toldApart(one, { id: 7, name: 'green farm' })).toBe('Green Farm (no. 2)');
	expect(toldApart(one, { id: 7, name: 'Meadow' })).toBe('Green Farm');
	expect(toldApart(one, one)).toBe('Green Farm');
	expect(toldApart(one, null)).toBe('Green Farm');
});

it('says between which of them a device moved', () => {
	const move = {
		id: 1,
		kind: 'transfer',
		at: 0,
		by: null,
		fromOrgId: 2,
		fromOrg: 'Green Farm',
		fromOwner: 'Clara Green',
		toOrgId: 7,
		toOrg: 'Green Farm',
		toOwner: null,
		reason: null
	} as const;
	expect(moveText(move)).toBe('Moved from Clara Green at Green Farm (no. 2) to Green Farm (no. 7)');
});
