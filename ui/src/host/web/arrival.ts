// Claim links, mailed links and set-up links carry their secret in the fragment, which no server sees. It is taken out of the
// address before anything else runs, so that neither the history nor a bookmark keeps it.

import type { Arrival } from '../host';

/** What this address asks for, by its path and fragment. */
export function readArrival(path: string, fragment: string): Arrival | null {
	// Never URL-decoded: a code's alphabet needs none, and its `+` stands before an organization's number.
	const secret = fragment.replace(/^#/, '');
	if (!secret || secret.startsWith('/')) return null;
	if (path.endsWith('/claim')) return { kind: 'claim', text: secret };
	if (path.endsWith('/link')) return { kind: 'link', code: secret };
	if (path.endsWith('/setup')) return { kind: 'setup', code: secret };
	return null;
}

/** Reads the address and leaves the start page's in its place. */
export function takeArrival(): Arrival | null {
	const arrival = readArrival(location.pathname, location.hash);
	if (/\/(claim|link|setup)$/.test(location.pathname)) {
		history.replaceState(null, '', location.pathname.replace(/(claim|link|setup)$/, '') + '#/');
	}
	return arrival;
}
