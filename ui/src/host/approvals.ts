// The calls about claims that wait for support's word, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { Approval, ApprovalState, ApproveClaim, ClaimAnswer, Page, RefuseClaim } from './wire';

/** Rows on a page. */
const SIZE = 50;

export const approvals = (host: Host, state: ApprovalState, page: number) =>
	host.organization<Page<Approval>>(
		'GET',
		`static-tokens/approvals?state=${state}&page=${page}&size=${SIZE}`
	);
export const approveClaim = (host: Host, body: ApproveClaim) =>
	host.organization<ClaimAnswer>('POST', 'static-tokens/approvals/approve', body);
export const refuseClaim = (host: Host, body: RefuseClaim) =>
	host.organization<void>('POST', 'static-tokens/approvals/refuse', body);
