// Where the key that goes back leads to.

/** What is done and closed, rather than a place that one stays at. */
const CLOSED: ReadonlySet<string> = new Set(['/scan', '/why']);
const HOME = '/devices';

/**
 * The address that is one step back: of what was chosen from a list that list, narrowed and in the order that it was; of what is
 * closed the devices. Null where there is nothing to go back from.
 */
export function backFrom(location: string, querystring: string): string | null {
	if (CLOSED.has(location)) return HOME;
	const [, list] = /^(\/[^/]+)\/./.exec(location) ?? [];
	if (list === undefined) return null;
	return querystring ? `${list}?${querystring}` : list;
}

/** The row of a list that leads to this place; null where none in sight does. */
export function rowOf(within: ParentNode, location: string): HTMLElement | null {
	const rows = within.querySelectorAll<HTMLAnchorElement>('a[data-row]');
	const leads = ({ hash }: HTMLAnchorElement) => hash.slice(1).split('?')[0] === location;
	return [...rows].find((row) => leads(row) && row.checkVisibility()) ?? null;
}
