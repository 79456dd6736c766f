import { m } from '../paraglide/messages.js';

const SHORTEST = 3;

/** Why this can't be an organization's name; whether it can, the cloud knows. */
export function organizationFault(name: string): string | null {
	return name.trim().length < SHORTEST ? m.set_up_organization_hint() : null;
}
