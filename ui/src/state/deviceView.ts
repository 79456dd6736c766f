// In which order the devices are listed and which of them, as the list's address says it, so that it can be kept, shared and
// gone back to.

import type { DeviceSort, DeviceState, DeviceView, ListSort, TimeSort } from '../host/wire';

export const SORTS: readonly DeviceSort[] = [
	'newest',
	'oldest',
	'name',
	'name_reversed',
	'recently_seen',
	'long_unseen'
];
/** The orders of lists of other things with names, and of what happened. */
export const LIST_SORTS: readonly ListSort[] = ['newest', 'oldest', 'name', 'name_reversed'];
export const TIME_SORTS: readonly TimeSort[] = ['newest', 'oldest'];
export const STATES: readonly DeviceState[] = ['online', 'offline', 'never_connected'];

const NAMES = ['sort', 'state', 'template'];

/** Whatever stands in an address: what is none of ours changes nothing. */
export function readView(querystring: string): DeviceView {
	const query = new URLSearchParams(querystring);
	const sort = SORTS.find((name) => name !== 'newest' && name === query.get('sort'));
	const state = STATES.find((name) => name === query.get('state'));
	const templateId = query.get('template');
	return {
		...(sort === undefined ? {} : { sort }),
		...(state === undefined ? {} : { state }),
		...(templateId ? { templateId } : {})
	};
}

/** The list's address with this view; what else stands in it stays. */
export function viewPath(querystring: string, { sort, state, templateId }: DeviceView): string {
	const query = new URLSearchParams(querystring);
	for (const name of NAMES) query.delete(name);
	if (sort && sort !== 'newest') query.set('sort', sort);
	if (state) query.set('state', state);
	if (templateId) query.set('template', templateId);
	return query.size > 0 ? `?${query}` : '';
}

/** The same with what is searched for. A label's or device's secret stays out of addresses, which are kept and shown. */
export function searchPath(querystring: string, search: string): string {
	const query = new URLSearchParams(querystring);
	const text = search.trim();
	query.delete('search');
	if (text && !/[\w-]{32}/.test(text)) query.set('search', text);
	return query.size > 0 ? `?${query}` : '';
}

/** What an address searches for. */
export const readSearch = (querystring: string): string =>
	new URLSearchParams(querystring).get('search') ?? '';

export const isFiltered = ({ state, templateId }: DeviceView): boolean =>
	state !== undefined || templateId !== undefined;

/** Whether a device that has just come is the first of the list. */
export const isPlain = (view: DeviceView): boolean => view.sort === undefined && !isFiltered(view);
