// What is wrong about a password that somebody chooses.

import { m } from '../paraglide/messages.js';

const SHORTEST = 10;

/** Why nobody may choose this as theirs: it is short, or what everybody knows of them. */
export function passwordFault(password: string, email: string): string | null {
	if (password.length < SHORTEST) return m.set_up_password_hint();
	const [chosen, address] = [password, email].map((text) => text.trim().toLowerCase());
	return chosen === address || chosen === address?.split('@')[0] ? m.password_is_email() : null;
}
