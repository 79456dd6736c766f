import { expect, it } from 'vitest';

import { organizationsTarget, peopleTarget, type PeopleQuery } from './organization';

const ALL: PeopleQuery = { search: '', status: null, sort: 'name', orgId: null };

it.each<[Partial<PeopleQuery>, number, string]>([
	[{}, 0, 'users?page=0&size=50&sort=name'],
	[{ search: 'a b&c' }, 1, 'users?page=1&size=50&sort=name&query=a+b%26c'],
	[
		{ status: 'Pending', sort: 'newest', orgId: 4 },
		0,
		'users?page=0&size=50&sort=newest&status=Pending&orgId=4'
	]
])('%j', (some, page, target) => expect(peopleTarget({ ...ALL, ...some }, page)).toBe(target));

it('asks for organizations by name', () => {
	expect(organizationsTarget('', 'name', 0)).toBe('sub-organizations?page=0&size=50&sort=name');
	expect(organizationsTarget('farm', 'newest', 2)).toBe(
		'sub-organizations?page=2&size=50&sort=newest&query=farm'
	);
});
