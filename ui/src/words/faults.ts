// Faults on demand in words.

import type { CertificateFault, ClaimFault, Fault, FaultRule, LoginFault } from '../host/wire';
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
	session_expired: m.fault_session_expired,
	disconnect: m.fault_disconnect,
	refused: m.fault_refused,
	too_much: m.fault_too_much,
	certificate: m.fault_certificate
};

const LOGINS: Readonly<Record<LoginFault, () => string>> = {
	wrong_token: m.fault_login_wrong_token,
	server_full: m.fault_login_server_full
};

const CERTIFICATES: Readonly<Record<CertificateFault, () => string>> = {
	other_name: m.fault_certificate_other_name,
	expired: m.fault_certificate_expired,
	unknown_authority: m.fault_certificate_unknown_authority
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

/** What a rule may be of that is no call: of devices that stay connected, and of whoever speaks TLS. */
export const TLS = 'tls handshake';
export const connectedEndpoints = [
	'binary login',
	'binary message',
	'mqtt login',
	'mqtt message',
	TLS
] as const;

/** What is wrong about an endpoint that the cloud refused; nothing where something else is. */
export function endpointFault(problem: string | undefined): string | null {
	switch (problem) {
		case 'endpoint_unknown':
			return m.fault_endpoint_unknown();
		case 'endpoint_switches':
			return m.fault_endpoint_switches();
		case 'endpoint_misfit':
			return m.fault_endpoint_misfit();
		default:
			return null;
	}
}

export const loginFaults = Object.keys(LOGINS) as LoginFault[];
export const certificateFaults = Object.keys(CERTIFICATES) as CertificateFault[];
export const loginFaultName = (login: LoginFault) => known(LOGINS, login, m.unknown_name)();
export const certificateFaultName = (wrong: CertificateFault) => known(CERTIFICATES, wrong, m.unknown_name)();

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
		case 'refused':
			return m.fault_refused_is({ why: loginFaultName(fault.login) });
		case 'certificate':
			return m.fault_certificate_is({ wrong: certificateFaultName(fault.wrong) });
		default:
			return faultKindName(fault.kind);
	}
}

/** Which calls it happens to, and how often it has. */
export function ruleFacts(rule: FaultRule, happened: number): string {
	const facts = [
		rule.endpoint ?? (['claim', 'certificate'].includes(rule.fault.kind) ? null : m.fault_all_calls()),
		rule.account === undefined ? null : m.fault_of({ who: rule.account }),
		rule.device === undefined ? null : m.fault_device_is({ number: rule.device }),
		rule.percent === undefined ? null : m.fault_percent_is({ percent: number(rule.percent) }),
		rule.next === undefined ? null : m.fault_next_is({ count: rule.next, shown: number(rule.next) }),
		m.fault_happened({ count: happened, shown: number(happened) })
	];
	return facts.filter((fact) => fact !== null).join(' · ');
}
