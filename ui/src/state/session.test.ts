import { expect, it } from 'vitest';

import type { Host } from '../host';
import type { Permission, Session } from '../host/wire';
import { SessionStore } from './session.svelte';

function store(permissions: Permission[] | null): SessionStore {
	const sessions = new SessionStore({} as Host);
	const profile = { permissions } as Session['profile'];
	if (permissions) sessions.state = { status: 'in', session: { profile } as Session };
	return sessions;
}

it.each<[string, Permission[] | null, Permission, boolean]>([
	['nobody', null, 'view_people', false],
	['a customer', [], 'view_people', false],
	['support', ['see_below', 'view_people'], 'view_people', true],
	['support', ['see_below', 'view_people'], 'manage_people', false]
])('%s with %j may %s: %s', (_, permissions, asked, may) => {
	expect(store(permissions).may(asked)).toBe(may);
});
