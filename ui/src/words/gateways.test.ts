import { expect, it } from 'vitest';

import { named, remaining } from './gateways';

it.each([
	[0, '0:00'],
	[1, '0:01'],
	[59_001, '1:00'],
	[247_000, '4:07'],
	[3_600_000, '60:00']
])('%d milliseconds are %s', (milliseconds, want) => {
	expect(remaining(milliseconds)).toBe(want);
});

it.each([
	['', ['Tree 1', 'Tree 12', 'Well 1']],
	['  ', ['Tree 1', 'Tree 12', 'Well 1']],
	['tree', ['Tree 1', 'Tree 12']],
	[' EE 12 ', ['Tree 12']],
	['zeppelin', []]
])('“%s” is in the names of %j', (search, want) => {
	const all = ['Tree 1', 'Tree 12', 'Well 1'].map((name) => ({ name }));
	expect(named(all, search).map(({ name }) => name)).toEqual(want);
});
