import { expect, it } from 'vitest';

import { numberIn, organizationIn } from './address';

it.each([
	['7', 7],
	['new', null],
	['', null],
	['0', null],
	['-1', null],
	['1.5', null],
	['1e3', null],
	['0x10', null],
	[' 7', null],
	['99999999999999999999', null],
	[null, null],
	[undefined, null]
])('the number in %j is %j', (text, number) => {
	expect(numberIn(text)).toBe(number);
});

it('narrows to an organization by its number alone', () => {
	expect(organizationIn('org=2&name=Farm')).toEqual({ id: 2, name: 'Farm' });
	expect(organizationIn('org=2')).toEqual({ id: 2, name: '' });
	expect(organizationIn('org=farm&name=Farm')).toBeNull();
	expect(organizationIn('')).toBeNull();
});
