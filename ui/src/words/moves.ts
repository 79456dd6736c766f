// What happened to a device, in a sentence. Names that are not known here are those of others.

import type { DeviceMove } from '../host/wire';
import { m } from '../paraglide/messages.js';

function side(organization: string | null, owner: string | null): string {
	const place = organization ?? m.moves_elsewhere();
	return owner ? m.moves_owned({ owner, organization: place }) : place;
}

export function moveText({ kind, fromOrg, fromOwner, toOrg, toOwner }: DeviceMove): string {
	const names = { from: side(fromOrg, fromOwner), to: side(toOrg, toOwner) };
	switch (kind) {
		case 'create':
			return m.moves_create(names);
		case 'claim':
			return m.moves_claim(names);
		case 'transfer':
			return m.moves_transfer(names);
		case 'release':
			return m.moves_release(names);
		case 'disclaim':
			return m.moves_disclaim(names);
		case 'undo':
			return m.moves_undo(names);
		case 'renew':
			return m.moves_renew();
		default:
			return m.unknown_name();
	}
}
