import { expect, it } from 'vitest';

import type { DeviceQuery } from '../wire';
import { devicesTarget } from './devices';

const FIRST = { page: 0, size: 50 };

it.each([
	[{ ...FIRST, search: '' }, 'devices?page=0&size=50&includeSubOrgDevices=true'],
	[{ ...FIRST, search: '', orgId: 7 }, 'devices?page=0&size=50&includeSubOrgDevices=true&orgId=7'],
	[{ ...FIRST, search: ' ab ' }, 'devices?page=0&size=50&includeSubOrgDevices=true'],
	[
		{ ...FIRST, search: ' a b', orgId: 7 },
		'search/devices?page=0&size=50&includeSubOrgDevices=true&orgId=7&query=a+b'
	],
	[
		{ ...FIRST, search: '', sort: 'name', state: 'online', templateId: 'TMPLx', after: 'here' },
		'devices?page=0&size=50&includeSubOrgDevices=true&sort=name&state=online&templateId=TMPLx&after=here'
	],
	[
		{ ...FIRST, search: 'abc', sort: 'long_unseen', after: 'here' },
		'search/devices?page=0&size=50&includeSubOrgDevices=true&sort=long_unseen&query=abc'
	]
] as [DeviceQuery, string][])('%o', (query, target) => expect(devicesTarget(query)).toBe(target));
