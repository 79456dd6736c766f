// Where the console asks for devices.

import type { DeviceQuery } from '../wire';

/** The cloud searches from this many characters on. */
const SEARCH_FROM = 3;

/** The path and query below an organization's; devices of the organizations below are always among them. */
export function devicesTarget({ search, orgId, page, size }: DeviceQuery): string {
	const query = new URLSearchParams({ page: String(page), size: String(size), includeSubOrgDevices: 'true' });
	if (orgId !== undefined) query.set('orgId', String(orgId));
	const words = search.trim();
	if (words.length < SEARCH_FROM) return `devices?${query}`;
	query.set('query', words);
	return `search/devices?${query}`;
}
