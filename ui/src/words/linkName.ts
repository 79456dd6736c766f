// What names of people and organizations must not hold, as the cloud checks it: they stand in mails, where programs make
// links of what resembles one.

import { m } from '../paraglide/messages.js';

const DOTTED = /[\p{L}\p{N}][.\u3002\uff0e\uff61]\p{L}[\p{L}\p{N}-]/u;
const MAILED = /[\p{L}\p{N}]@[\p{L}\p{N}]/u;

/** The sentence for a name that would become a link; null where it would not. */
export function linkFault(name: string): string | null {
	const linked = DOTTED.test(name) || MAILED.test(name) || name.includes('://') || /www\./i.test(name);
	return linked ? m.name_link() : null;
}
