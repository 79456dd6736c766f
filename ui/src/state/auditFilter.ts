// What the audit is narrowed to, as its address says it, so that it can be kept, shared and gone back to.

import type { AuditPart, AuditQuery } from '../host/audit';
import { auditActions, type AuditAction } from '../host/wire';
import { numberIn } from './address';

const PARTS: readonly AuditPart[] = ['either', 'actor', 'affected'];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whatever stands in an address: what is none of ours narrows nothing. */
export function readFilter(querystring: string): AuditQuery {
	const query = new URLSearchParams(querystring);
	const id = (name: string) => numberIn(query.get(name));
	const day = (name: string) => {
		const text = query.get(name) ?? '';
		return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
	};
	return {
		orgId: id('org'),
		deviceId: id('device'),
		userId: id('person'),
		part: PARTS.find((part) => part === query.get('as')) ?? 'either',
		action: auditActions.find((action): action is AuditAction => action === query.get('action')) ?? null,
		from: day('from'),
		to: day('to')
	};
}

/** The audit's address with this filter. */
export function auditPath(filter: Partial<AuditQuery>): string {
	const query = new URLSearchParams();
	const { orgId, deviceId, userId, part, action, from, to } = filter;
	if (orgId) query.set('org', String(orgId));
	if (deviceId) query.set('device', String(deviceId));
	if (userId) query.set('person', String(userId));
	if (userId && part && part !== 'either') query.set('as', part);
	if (action) query.set('action', action);
	if (from) query.set('from', from);
	if (to) query.set('to', to);
	return query.size > 0 ? `/audit?${query}` : '/audit';
}
