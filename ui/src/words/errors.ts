// Errors by code, in three parts: what happened, why, and what to do now. The type checker proves that every code of
// the closed set has its sentences, tests/words.test.ts that they exist in every language.

import type { ErrorBody } from '../host/wire';
import { m } from '../paraglide/messages.js';

/** What happened, why, what to do now. */
export interface Report {
	what: string;
	why: string;
	next: string;
}

/** Seconds to wait where the cloud did not say. */
const WAIT = '60';

export function errorReport({ code, attributes }: ErrorBody): Report {
	const facts = { seconds: attributes?.['retryAfter'] ?? WAIT };
	return {
		what: m[`error_${code}_what`](),
		why: m[`error_${code}_why`](),
		next: m[`error_${code}_next`](facts)
	};
}

/** The one line for places where three do not fit. */
export function errorLine(error: ErrorBody): string {
	const { what, next } = errorReport(error);
	return `${what} ${next}`;
}
