import { expect, it } from 'vitest';

import { exportDevicesTarget, importDevicesTarget } from './devices';

it.each([
	[
		{ templateId: 'TMPLx', orgId: 2, mapping: {}, goodRows: false },
		true,
		'devices/import?templateId=TMPLx&orgId=2&goodRows=false&dryRun=true'
	],
	[
		{ templateId: 'TMPLx', orgId: 2, mapping: { A: 'B' }, goodRows: true },
		false,
		'devices/import?templateId=TMPLx&orgId=2&goodRows=true&dryRun=false&mapping=%7B%22A%22%3A%22B%22%7D'
	]
])('%j', (plan, dryRun, target) => expect(importDevicesTarget(plan, dryRun)).toBe(target));

it('exports what is searched for', () => {
	const of = { orgId: 2, below: true, search: '' };
	expect(exportDevicesTarget(of)).toBe('devices/export?orgId=2&includeSubOrgDevices=true');
	expect(exportDevicesTarget({ ...of, filter: { sort: 'name', state: 'online' } })).toBe(
		'devices/export?orgId=2&includeSubOrgDevices=true&state=online&sort=name'
	);
	expect(exportDevicesTarget({ ...of, below: false, search: 'a&b' })).toBe(
		'devices/export?orgId=2&includeSubOrgDevices=false&query=a%26b'
	);
});
