import { expect, it } from 'vitest';

import { devicesTarget } from './devices';

const FIRST = { page: 0, size: 50 };

it.each([
	[{ ...FIRST, search: '' }, 'devices?page=0&size=50&includeSubOrgDevices=true'],
	[{ ...FIRST, search: '', orgId: 7 }, 'devices?page=0&size=50&includeSubOrgDevices=true&orgId=7'],
	[{ ...FIRST, search: ' ab ' }, 'devices?page=0&size=50&includeSubOrgDevices=true'],
	[
		{ ...FIRST, search: ' a b', orgId: 7 },
		'search/devices?page=0&size=50&includeSubOrgDevices=true&orgId=7&query=a+b'
	]
])('%o', (query, target) => expect(devicesTarget(query)).toBe(target));
