// What the audit's entries say, in words. What is gone has no name any more, and is told by its number.

import type { AuditAction, AuditEntry, AuditFault } from '../host/wire';
import { m } from '../paraglide/messages.js';

export function actionName(action: AuditAction): string {
	const name = `audit_action_${action}` as const;
	return name in m ? m[name]() : m.unknown_name();
}

export function actorName({ actor }: AuditEntry): string {
	if (actor.kind === 'person') return actor.name ?? m.audit_left_person({ id: actor.id });
	if (actor.kind === 'cloud') return m.audit_cloud();
	return m.audit_machine({ id: actor.name ?? actor.id });
}

/** Null where no device is concerned. */
export function deviceName({ deviceId, deviceName }: AuditEntry): string | null {
	return deviceId === null ? null : (deviceName ?? m.audit_device({ id: deviceId }));
}

/** Whom it happened to; null where that is nobody, or whoever did it. */
export function affectedName({ actor, userId, userName }: AuditEntry): string | null {
	if (userId === null || (actor.kind === 'person' && actor.id === userId)) return null;
	return userName ?? m.audit_person({ id: userId });
}

export function faultText(fault: AuditFault): string {
	switch (fault.kind) {
		case 'end_unproven':
			return m.audit_fault_end_unproven();
		case 'missing':
			return m.audit_fault_missing({ seq: fault.seq });
		case 'changed':
			return m.audit_fault_changed({ seq: fault.seq });
		case 'cut_off':
			return m.audit_fault_cut_off({ seq: fault.seq });
		case 'beyond_end':
			return m.audit_fault_beyond_end({ seq: fault.seq });
		case 'replaced':
			return m.audit_fault_replaced({ seq: fault.seq });
		default:
			return m.unknown_name();
	}
}
