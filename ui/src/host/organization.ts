// The calls about organizations and people, each with its types. All reject with a HostError.

import type { Host } from './host';
import type {
	ChangeRole,
	CreateOrganization,
	InviteUser,
	ListSort,
	Organization,
	OrganizationSummary,
	Page,
	RenameOrganization,
	SetDeviceLimit,
	User,
	UserStatus
} from './wire';

export type PeopleSort = 'name' | 'email' | 'newest';

export interface PeopleQuery {
	search: string;
	status: UserStatus | null;
	sort: PeopleSort;
	orgId: number | null;
}

/** Rows on a page. */
const SIZE = 50;

export function peopleTarget({ search, status, sort, orgId }: PeopleQuery, page: number): string {
	const query = new URLSearchParams({ page: String(page), size: String(SIZE), sort });
	if (search) query.set('query', search);
	if (status) query.set('status', status);
	if (orgId !== null) query.set('orgId', String(orgId));
	return `users?${query}`;
}

export function organizationsTarget(search: string, sort: ListSort, page: number): string {
	const query = new URLSearchParams({ page: String(page), size: String(SIZE), sort });
	if (search) query.set('query', search);
	return `sub-organizations?${query}`;
}

export const people = (host: Host, query: PeopleQuery, page: number) =>
	host.organization<Page<User>>('GET', peopleTarget(query, page));
export const person = (host: Host, id: number) => host.organization<User>('GET', `user?userId=${id}`);
export const invite = (host: Host, body: InviteUser) => host.organization<User>('POST', 'users/invite', body);
export const inviteAgain = (host: Host, id: number) =>
	host.organization<void>('POST', `users/invite/again?userId=${id}`);
export const changeRole = (host: Host, body: ChangeRole) =>
	host.organization<void>('PUT', 'users/role', body);
export const suspend = (host: Host, id: number) =>
	host.organization<void>('POST', `users/suspend?userId=${id}`);
export const restore = (host: Host, id: number) =>
	host.organization<void>('POST', `users/restore?userId=${id}`);
export const removePerson = (host: Host, id: number) =>
	host.organization<void>('DELETE', `user?userId=${id}`);

export const organizations = (host: Host, search: string, sort: ListSort, page: number) =>
	host.organization<Page<OrganizationSummary>>('GET', organizationsTarget(search, sort, page));
export const makeOrganization = (host: Host, body: CreateOrganization) =>
	host.organization<Organization>('POST', 'create', body);
export const renameOrganization = (host: Host, body: RenameOrganization) =>
	host.organization<Organization>('PUT', 'edit/name', body);
export const limitDevices = (host: Host, body: SetDeviceLimit) =>
	host.organization<Organization>('PUT', 'edit/device-limit', body);
export const deleteOrganization = (host: Host, id: number) =>
	host.organization<void>('DELETE', `?orgId=${id}`);
