import { m } from '../paraglide/messages.js';
import { linkFault } from './linkName';

const SHORTEST = 3;

/** Why this can't be an organization's name; whether it can, the cloud knows. */
export function organizationFault(name: string): string | null {
	return name.trim().length < SHORTEST ? m.set_up_organization_hint() : linkFault(name);
}

/** What a sentence needs to say whose something is. */
export function owned(organization: string): { organization: string; ends: string } {
	return { organization, ends: /s$/i.test(organization) ? 's' : '' };
}
