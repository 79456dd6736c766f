import { m } from '../paraglide/messages.js';
import { linkFault } from './linkName';

const SHORTEST = 3;

/** Why this can't be an organization's name; whether it can, the cloud knows. */
export function organizationFault(name: string): string | null {
	return name.trim().length < SHORTEST ? m.set_up_organization_hint() : linkFault(name);
}

/** An organization that is named beside another one: below different ones there may be several of one name. */
export interface Named {
	id: number | null;
	name: string;
}

/** Its name, with its number where the other one is called the same. */
export function toldApart({ id, name }: Named, beside: Named | null): string {
	const alike = beside !== null && beside.id !== id && beside.name.toLowerCase() === name.toLowerCase();
	return alike && id !== null ? m.organization_numbered({ id, name }) : name;
}

/** What a sentence needs to say whose something is. */
export function owned(organization: string): { organization: string; ends: string } {
	return { organization, ends: /s$/i.test(organization) ? 's' : '' };
}
