// What happened to a device, in a sentence. Names that are not known here are those of others.

import type { DeviceMove } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { toldApart, type Named } from './organizations';

function side(organization: Named | null, owner: string | null, other: Named | null): string {
	const place = organization ? toldApart(organization, other) : m.moves_elsewhere();
	return owner ? m.moves_owned({ owner, organization: place }) : place;
}

export function moveText(move: DeviceMove): string {
	const from = move.fromOrg ? { id: move.fromOrgId, name: move.fromOrg } : null;
	const to = move.toOrg ? { id: move.toOrgId, name: move.toOrg } : null;
	const names = { from: side(from, move.fromOwner, to), to: side(to, move.toOwner, from) };
	switch (move.kind) {
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
