// Where the console asks for devices.

import type { DeviceQuery } from '../wire';

/** The cloud searches from this many characters on. */
const SEARCH_FROM = 3;

/** The path and query below an organization's; devices of the organizations below are always among them. */
export function devicesTarget(asked: DeviceQuery): string {
	const { search, orgId, sort, state, templateId, after, page, size } = asked;
	const query = new URLSearchParams({ page: String(page), size: String(size), includeSubOrgDevices: 'true' });
	if (orgId !== undefined) query.set('orgId', String(orgId));
	if (sort !== undefined) query.set('sort', sort);
	if (state !== undefined) query.set('state', state);
	if (templateId !== undefined) query.set('templateId', templateId);
	const words = search.trim();
	if (words.length < SEARCH_FROM) {
		if (after !== undefined) query.set('after', after);
		return `devices?${query}`;
	}
	// A search has its pages by number alone.
	query.set('query', words);
	return `search/devices?${query}`;
}
