// Why a label does not claim, and what to do about it, in sentences for support.

import type {
	Approval,
	ClaimLimit,
	ClaimObstacle,
	ClaimProof,
	HandsState,
	MoveKind,
	ReadAs,
	WhyDevice,
	WhyLabel
} from '../host/wire';
import { m } from '../paraglide/messages.js';
import { dateTime } from './dates';
import { toldApart } from './organizations';

/** What is in the way, and what to do now. */
export interface Reason {
	what: string;
	next: string;
	/** Why somebody did it, in their own words. */
	said?: string | undefined;
}

const STATES: Readonly<Record<HandsState, () => string>> = {
	minted: m.why_state_minted,
	seen: m.why_state_seen,
	claimed: m.why_state_claimed,
	in_transfer: m.why_state_in_transfer,
	released: m.why_state_released,
	revoked: m.label_state_revoked
};
const UNKNOWN: Readonly<Record<ReadAs, () => string>> = {
	qr_token: m.why_unknown_qr_token,
	auth_token: m.why_unknown_auth_token,
	identifier: m.why_unknown_identifier,
	text: m.why_unknown_text
};
const LIMITS: Readonly<Record<ClaimLimit, (facts: { name: string; minutes: string }) => string>> = {
	labels: m.why_limit_labels,
	identifiers: m.why_limit_identifiers,
	codes: m.why_limit_codes,
	buttons: m.why_limit_buttons,
	questions: m.why_limit_questions
};
const MOVED: Readonly<Record<MoveKind, () => string>> = {
	create: m.why_replaced_other,
	claim: m.why_replaced_other,
	undo: m.why_replaced_other,
	transfer: m.why_replaced_transfer,
	release: m.why_replaced_release,
	disclaim: m.why_replaced_disclaim,
	renew: m.why_replaced_renew
};
const TAKES: Readonly<Record<ClaimProof, () => string>> = {
	claim_code: m.batch_proof_code,
	presence: m.batch_proof_presence,
	staff_approval: m.batch_proof_approval,
	none: m.batch_proof_none
};

export const handsName = (state: HandsState): string => STATES[state]();
export const unknownText = (readAs: ReadAs): string => UNKNOWN[readAs]();

/** What somebody did too often, and when they may again. */
export function limitText(limit: ClaimLimit, name: string, seconds: number): string {
	return LIMITS[limit]({ name, minutes: String(Math.ceil(seconds / 60)) });
}

/** A device with where and whose it is; told apart from whoever made its label. */
export function placeOf(device: WhyDevice, label: WhyLabel | null = null): string {
	const maker = label ? { id: label.orgId, name: label.orgName } : null;
	const organization = toldApart({ id: device.orgId, name: device.orgName }, maker);
	return device.ownerName ? m.moves_owned({ owner: device.ownerName, organization }) : organization;
}

/** Whom a request to support had what answer from, and when. */
export function askedText(one: Approval): string {
	const { userName: name, decidedBy: by } = one;
	const at = dateTime(one.decidedAt ?? one.until);
	switch (one.state) {
		case 'pending':
			return m.why_asked({ name, when: dateTime(one.createdAt), until: dateTime(one.until) });
		case 'approved':
			return by ? m.why_asked_approved_by({ name, by, when: at }) : m.why_asked_approved({ name, when: at });
		case 'refused':
			return by ? m.why_asked_refused_by({ name, by, when: at }) : m.why_asked_refused({ name, when: at });
		case 'expired':
			return m.why_asked_expired({ name, when: dateTime(one.until) });
		default:
			return m.unknown_name();
	}
}

const when = (time: number | undefined): string =>
	time === undefined ? m.why_unknown_time() : dateTime(time);
const whoever = (name: string | undefined): string => name ?? m.why_somebody();

/** With whom it is, and how it came there: a claim before a transfer was not theirs. */
function takenText(label: WhyLabel, where: string): string {
	const last = label.moves.find(({ kind }) => kind !== 'renew');
	return last?.kind === 'transfer'
		? m.why_transferred({ where, when: dateTime(last.at) })
		: m.why_claimed({ where, when: when(label.claimedAt) });
}

export function reasonOf(obstacle: ClaimObstacle, label: WhyLabel): Reason {
	const { device, replaced } = label;
	const where = device ? placeOf(device, label) : m.moves_elsewhere();
	switch (obstacle) {
		case 'revoked':
			return {
				what: m.why_revoked({ when: when(label.revokedAt), who: whoever(label.revokedBy) }),
				next: m.why_revoked_next(),
				said: label.revokeReason
			};
		case 'old_label': {
			const what = MOVED[replaced?.kind ?? 'transfer']();
			return {
				what: replaced
					? m.why_old_label({ what, when: dateTime(replaced.at), who: whoever(replaced.by) })
					: m.why_old_label_now(),
				next: label.once ? m.why_once_label_next() : m.why_old_label_next()
			};
		}
		case 'already_theirs':
			return {
				what: m.why_already_theirs({ device: device?.name ?? label.label }),
				next: m.why_already_theirs_next()
			};
		case 'claimed':
			return { what: takenText(label, where), next: m.why_claimed_next() };
		case 'in_transfer':
			return {
				what: m.why_in_transfer({ where, until: when(label.undoUntil) }),
				next: m.why_in_transfer_next()
			};
		case 'had_owner':
			return {
				what: m.why_had_owner(),
				next: label.once ? m.why_once_label_next() : m.why_had_owner_next()
			};
		case 'needs_code':
			return {
				what: m.why_needs_code(),
				next: label.once ? m.why_once_needs_code_next() : m.why_needs_code_next()
			};
		case 'wrong_code':
			return {
				what: m.why_wrong_code(),
				next: label.once ? m.why_once_wrong_code_next() : m.why_wrong_code_next()
			};
		case 'no_codes':
			return { what: m.why_no_codes({ takes: TAKES[label.proof ?? 'none']() }), next: m.why_no_codes_next() };
		case 'not_pressed':
			return {
				what: label.pressedAt
					? m.why_not_pressed_since({ when: dateTime(label.pressedAt) })
					: m.why_not_pressed(),
				next: m.why_not_pressed_next()
			};
		case 'several_machines':
			return { what: m.why_several_machines(), next: m.why_several_machines_next() };
		case 'several_waited':
			return { what: m.why_several_waited(), next: m.why_several_waited_next() };
		case 'pressed_for_another':
			return { what: m.why_pressed_for_another(), next: m.why_pressed_for_another_next() };
		case 'needs_approval':
			return { what: m.why_needs_approval(), next: m.why_needs_approval_next() };
		case 'names_another':
			return { what: m.why_names_another(), next: m.why_names_another_next() };
		case 'other_branch':
			return { what: m.why_other_branch({ organization: label.orgName }), next: m.why_other_branch_next() };
	}
}
