// Closed sets grow with the cloud, and a page may be older than it: what it has no word for is called one thing.

import { m } from '../paraglide/messages.js';

/** The words of a member, or those for what nobody here knows. */
export function known<Key extends string | number, Words>(
	words: Readonly<Record<Key, Words>>,
	member: Key,
	otherwise: Words
): Words {
	return Object.hasOwn(words, member) ? words[member] : otherwise;
}

/** The name of a role. */
export function roleName(role: number): string {
	const name = `role_${role}`;
	return name in m ? m[name as 'role_1']() : m.unknown_name();
}
