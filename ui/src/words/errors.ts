// Errors by code, in three parts: what happened, why, and what to do now. The type checker proves that every code of
// the closed set has its sentences, tests/words.test.ts that they exist in every language.

import type { ErrorBody } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { timeToTry } from './dates';

/** What happened, why, what to do now. */
export interface Report {
	what: string;
	why: string;
	next: string;
}

/** Seconds to wait where the cloud did not say. */
const WAIT = 60;

/** When to try again, in milliseconds since the epoch: counted from when the error was first spoken of. */
const again = new WeakMap<ErrorBody, number>();

function tryAgainAt(error: ErrorBody): number {
	const seconds = Number(error.attributes?.['retryAfter'] ?? WAIT);
	const at = again.get(error) ?? Date.now() + (Number.isFinite(seconds) ? seconds : WAIT) * 1_000;
	again.set(error, at);
	return at;
}

export function errorReport(error: ErrorBody): Report {
	// A cloud newer than this page may know errors that the page has no sentences for.
	const code = `error_${error.code}_what` in m ? error.code : 'unknown';
	const { free, tooMany } = error.attributes ?? {};
	return {
		what:
			code === 'device_limit' && free !== undefined && tooMany !== undefined
				? m.device_limit_counted({ free, tooMany })
				: m[`error_${code}_what`](),
		...(closerReport(error) ?? {
			why: m[`error_${code}_why`](),
			next: m[`error_${code}_next`]({ time: timeToTry(tryAgainAt(error)) })
		})
	};
}

/** The same where the error says more than its code; nothing where it does not. */
function closerReport(error: ErrorBody): Omit<Report, 'what'> | null {
	if (error.code === 'untrusted_server') return certificateReport(error);
	if (error.code === 'undo_over') return undoReport(error);
	return null;
}

/** Why there is nothing to undo, and what to do instead; nothing where that is not known. */
function undoReport(error: ErrorBody): Omit<Report, 'what'> | null {
	const next = m.error_undo_over_next();
	switch (error.attributes?.['cause']) {
		case 'time_over':
			return { why: m.undo_time_over_why(), next };
		case 'undone':
			return { why: m.undo_undone_why(), next: m.undo_undone_next() };
		case 'token_out':
			return { why: m.undo_token_out_why(), next };
		case 'together':
			return { why: m.undo_together_why(), next };
		case 'nothing':
			return { why: m.undo_nothing_why(), next };
		case 'former_gone':
			return { why: m.undo_former_gone_why(), next: m.undo_former_gone_next() };
		default:
			return null;
	}
}

/** What is wrong with a certificate, and what to do about that; nothing where that is not known. */
function certificateReport(error: ErrorBody): Omit<Report, 'what'> | null {
	switch (error.attributes?.['certificate']) {
		case 'expired':
			return { why: m.certificate_expired_why(), next: m.certificate_expired_next() };
		case 'other_name':
			return { why: m.certificate_other_name_why(), next: m.certificate_other_name_next() };
		case 'unknown_authority':
			return { why: m.certificate_unknown_authority_why(), next: m.certificate_unknown_authority_next() };
		default:
			return null;
	}
}

/** The same for a claim, where "too often" is about codes. */
export function claimReport(error: ErrorBody): Report {
	const report = errorReport(error);
	if (error.code !== 'rate_limited') return report;
	return { ...report, what: m.claim_too_often_what(), why: m.claim_too_often_why() };
}

/** The one line for places where three do not fit. */
export function errorLine(error: ErrorBody, report = errorReport): string {
	const { what, next } = report(error);
	return `${what} ${next}`;
}
