// Who did what: the calls about the audit, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { AuditAction, AuditCheck, AuditEntry, Page, TimeSort } from './wire';

/** What a person had to do with it. */
export type AuditPart = 'either' | 'actor' | 'affected';

/** Which entries. Days are as a date field has them, and those of whoever looks. */
export interface AuditQuery {
	orgId: number | null;
	deviceId: number | null;
	userId: number | null;
	part: AuditPart;
	action: AuditAction | null;
	from: string | null;
	to: string | null;
}

/** Rows on a page. */
const SIZE = 50;

/** The time at which a day begins here, or the one after it. */
function dayStart(day: string, after = 0): number {
	const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
	return new Date(year, month - 1, date + after).getTime();
}

function parameters({ orgId, deviceId, userId, part, action, from, to }: AuditQuery): URLSearchParams {
	const query = new URLSearchParams();
	if (orgId !== null) query.set('orgId', String(orgId));
	if (deviceId !== null) query.set('deviceId', String(deviceId));
	if (userId !== null) query.set('userId', String(userId));
	if (userId !== null && part !== 'either') query.set('as', part);
	if (action) query.set('action', action);
	if (from) query.set('from', String(dayStart(from)));
	if (to) query.set('until', String(dayStart(to, 1)));
	return query;
}

export function auditTarget(asked: AuditQuery, sort: TimeSort, page: number): string {
	const query = parameters(asked);
	if (sort !== 'newest') query.set('sort', sort);
	query.set('page', String(page));
	query.set('size', String(SIZE));
	return `audit?${query}`;
}

export type AuditFormat = 'csv' | 'jsonl';

export const audit = (host: Host, asked: AuditQuery, sort: TimeSort, page: number) =>
	host.organization<Page<AuditEntry>>('GET', auditTarget(asked, sort, page));

export function exportAudit(host: Host, asked: AuditQuery, format: AuditFormat): Promise<string | null> {
	const query = parameters(asked);
	query.set('format', format);
	return host.download(`audit/export?${query}`, `handover-audit.${format}`);
}

export const checkAudit = (host: Host) => host.organization<AuditCheck>('GET', 'audit/check');
