// The rules of a device's name, as the cloud checks them: 1 to 50 characters of letters, digits, space, ' _ and -.

import { m } from '../paraglide/messages.js';

export const NAME_LENGTH = 50;

const FOREIGN = /[^\p{L}\p{N} '_-]/u;

/** What is wrong with a name, as a sentence; null when nothing is. */
export function nameFault(name: string): string | null {
	const trimmed = name.trim();
	const length = [...trimmed].length;
	if (length === 0) return m.device_name_empty();
	const foreign = FOREIGN.exec(trimmed);
	if (foreign) return m.device_name_characters({ character: foreign[0] });
	if (length > NAME_LENGTH) return m.device_name_long({ over: length - NAME_LENGTH });
	return null;
}
