import { expect, it } from 'vitest';

import type { ErrorBody } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { actionName, faultText } from './audit';
import { batchStateName, identifierName, labelStateName, proofName, proofText, rowSentence } from './batches';
import { stateName } from './devices';
import { errorReport } from './errors';
import { roleName } from './known';
import { adviceReport, formatName, identityName } from './labels';
import { moveText } from './moves';
import { roleText, statusName } from './roles';

/** A member that only a newer cloud knows, whatever the set. */
const NEW = 'from_the_future' as never;

it.each<[string, () => string]>([
	['an action of the audit', () => actionName(NEW)],
	['a fault of the audit', () => faultText({ kind: NEW } as never)],
	['a state of a batch', () => batchStateName(NEW)],
	['a state of a label', () => labelStateName(NEW)],
	['a kind of number', () => identifierName(NEW)],
	['a proof', () => proofName(NEW)],
	['what a proof is', () => proofText(NEW)],
	['a problem of a row', () => rowSentence({ problem: NEW } as never)],
	['a state of a device', () => stateName(NEW)],
	['a role', () => roleName(9)],
	['what a role may', () => roleText(9 as never)],
	['a status of a person', () => statusName(NEW)],
	['a move', () => moveText({ kind: NEW } as never)]
])('%s that is not known has a word all the same', (_, said) => expect(said()).toBe(m.unknown_name()));

it('an error that is not known has its three parts', () => {
	const report = errorReport({ code: NEW, message: 'no' } as ErrorBody);
	expect(Object.values(report).every((part) => part.length > 0)).toBe(true);
	expect(report.what).toBe(m.error_unknown_what());
});

it('a label that is not known is explained', () => {
	expect(adviceReport(NEW).what).toBe(m.advice_unknown_what());
	expect(formatName(NEW)).toBe(m.format_other());
	expect(identityName('from_the_future')).toBe('from_the_future');
});

it('names the one cause why there is nothing to undo, where the cloud says it', () => {
	const why = (cause: string): string =>
		errorReport({ code: 'undo_over', message: '', attributes: { cause } }).why;
	expect(why('token_out')).toBe(m.undo_token_out_why());
	expect(why('former_gone')).toBe(m.undo_former_gone_why());
	expect(why('from_the_future')).toBe(m.error_undo_over_why());
});

it('says when to try again as a time, which stays the same however often it is said', () => {
	const error: ErrorBody = { code: 'rate_limited', message: '', attributes: { retryAfter: '589' } };
	const { next } = errorReport(error);
	expect(next).toMatch(/\d:\d\d/);
	expect(next).not.toContain('589');
	expect(errorReport(error).next).toBe(next);
});
