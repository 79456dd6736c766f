// What roles and statuses are called, and which roles somebody may give.

import type { Role, UserStatus } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { known, roleName } from './known';

const ROLES: readonly Role[] = [1, 2, 3];

/** Nobody gives a role above their own; the mightiest is the lowest number. */
export function rolesToGive(own: Role): Role[] {
	return ROLES.filter((role) => role >= own);
}

const TEXTS: Readonly<Record<Role, () => string>> = {
	1: m.person_role_text_1,
	2: m.person_role_text_2,
	3: m.person_role_text_3
};
const STATUSES: Readonly<Record<UserStatus, () => string>> = {
	Active: m.status_active,
	Pending: m.status_pending,
	Suspended: m.status_suspended,
	Inactive: m.status_inactive
};

export const roleText = (role: Role): string => known(TEXTS, role, m.unknown_name)();
export const roleOptions = (own: Role) =>
	rolesToGive(own).map((role) => ({ value: String(role), name: roleName(role) }));
export const statusName = (status: UserStatus): string => known(STATUSES, status, m.unknown_name)();
