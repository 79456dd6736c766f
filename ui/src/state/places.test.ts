import { expect, it } from 'vitest';

import type { Permission, Session } from '../host/wire';
import { foundAt } from './places';

function signedIn(permissions: Permission[], { faults = true, parent = null as number | null } = {}) {
	const current = {
		faults,
		profile: { permissions, organization: { parentOrganizationId: parent } }
	} as unknown as Session;
	return { current, may: (permission: Permission) => permissions.includes(permission) };
}

const SUPPORT: Permission[] = ['see_below', 'view_audit', 'claim_for_others'];

it.each([
	[signedIn(SUPPORT), '/testers', 'not_allowed'],
	[signedIn([...SUPPORT, 'manage_cloud']), '/testers', 'all'],
	[signedIn([...SUPPORT, 'manage_cloud'], { parent: 1 }), '/testers', 'not_allowed'],
	[signedIn([...SUPPORT, 'manage_cloud'], { faults: false }), '/testers', 'nothing'],
	[signedIn(SUPPORT), '/audit', 'all'],
	[signedIn([]), '/audit', 'not_allowed'],
	[signedIn([]), '/people/:id?', 'not_allowed'],
	[signedIn([]), '/why', 'not_allowed'],
	[signedIn(SUPPORT), '/why', 'all'],
	[signedIn([]), '/devices/:id?', 'all'],
	[signedIn([]), '/settings', 'all'],
	[signedIn([]), '*', 'all']
])('whoever may not see a page is told so, and not that something broke', (session, route, want) => {
	expect(foundAt(session, route)).toBe(want);
});
