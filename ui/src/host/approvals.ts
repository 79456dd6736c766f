// The calls about claims that wait for support's word, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { Approval, ApprovalState, ApproveClaim, ClaimAnswer, Page, RefuseClaim, TimeSort } from './wire';

/** Rows on a page. */
const SIZE = 50;

/** Which of them. Without an order those that wait come the oldest first, and the others the newest first. */
export interface ApprovalQuery {
	search: string;
	state: ApprovalState;
	sort: TimeSort | null;
}

export function approvalsTarget({ search, state, sort }: ApprovalQuery, page: number): string {
	const query = new URLSearchParams({ state, page: String(page), size: String(SIZE) });
	if (search) query.set('query', search);
	if (sort) query.set('sort', sort);
	return `static-tokens/approvals?${query}`;
}

export const approvals = (host: Host, query: ApprovalQuery, page: number) =>
	host.organization<Page<Approval>>('GET', approvalsTarget(query, page));
export const approveClaim = (host: Host, body: ApproveClaim) =>
	host.organization<ClaimAnswer>('POST', 'static-tokens/approvals/approve', body);
export const refuseClaim = (host: Host, body: RefuseClaim) =>
	host.organization<void>('POST', 'static-tokens/approvals/refuse', body);
