// Faults on demand in words.

import type { ClaimFault, Fault, FaultRule } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { number } from './dates';
import { known } from './known';

const KINDS: Readonly<Record<Fault['kind'], () => string>> = {
	claim: m.fault_claim,
	latency: m.fault_latency,
	lost_request: m.fault_lost_request,
	lost_answer: m.fault_lost_answer,
	cut_off: m.fault_cut_off,
	status: m.fault_status,
	session_expired: m.fault_session_expired
};

/** Each answer's words and its status, which testers know it by. */
const ANSWERS: Readonly<Record<ClaimFault, readonly [words: () => string, status: number]>> = {
	not_claimable: [m.fault_claim_not_claimable, 404],
	already_yours: [m.fault_claim_already_yours, 200],
	proof_required: [m.fault_claim_proof_required, 422],
	pending_approval: [m.fault_claim_pending_approval, 202],
	pending_presence: [m.fault_claim_pending_presence, 202],
	device_limit: [m.fault_claim_device_limit, 403],
	rate_limited: [m.fault_claim_rate_limited, 429],
	idempotency_conflict: [m.fault_claim_idempotency_conflict, 409]
};

export const faultKinds = Object.keys(KINDS) as Fault['kind'][];
export const claimFaults = Object.keys(ANSWERS) as ClaimFault[];

export const faultKindName = (kind: Fault['kind']) => known(KINDS, kind, m.unknown_name)();

export function claimFaultName(answer: ClaimFault): string {
	const [words, status] = known(ANSWERS, answer, [m.unknown_name, 0] as const);
	return status > 0 ? `${words()} (${status})` : words();
}

/** What happens to a call. */
export function faultName(fault: Fault): string {
	switch (fault.kind) {
		case 'claim':
			return m.fault_claim_is({ answer: claimFaultName(fault.answer) });
		case 'latency':
			return fault.jitter > 0
				? m.fault_latency_jitter({ ms: number(fault.ms), most: number(fault.ms + fault.jitter) })
				: m.fault_latency_is({ ms: number(fault.ms) });
		case 'cut_off':
			return m.fault_cut_off_is({ count: fault.after, shown: number(fault.after) });
		case 'status':
			return fault.retry_after === undefined
				? m.fault_status_is({ status: fault.status })
				: m.fault_status_wait({ status: fault.status, seconds: number(fault.retry_after) });
		default:
			return faultKindName(fault.kind);
	}
}

/** Which calls it happens to, and how often it has. */
export function ruleFacts(rule: FaultRule, happened: number): string {
	const facts = [
		rule.endpoint ?? (rule.fault.kind === 'claim' ? null : m.fault_all_calls()),
		rule.account === undefined ? null : m.fault_of({ who: rule.account }),
		rule.device === undefined ? null : m.fault_device_is({ number: rule.device }),
		rule.percent === undefined ? null : m.fault_percent_is({ percent: number(rule.percent) }),
		rule.next === undefined ? null : m.fault_next_is({ count: rule.next, shown: number(rule.next) }),
		m.fault_happened({ count: happened, shown: number(happened) })
	];
	return facts.filter((fact) => fact !== null).join(' · ');
}
