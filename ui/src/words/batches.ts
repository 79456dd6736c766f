// What batches, their states and the faults of tables are called.

import type {
	Batch,
	BatchState,
	ClaimProof,
	ErrorBody,
	IdentifierKind,
	RowFault,
	RowProblem,
	TableProblem,
	TokenState
} from '../host/wire';
import { m } from '../paraglide/messages.js';
import { number } from './dates';
import { known } from './known';

const STATES: Readonly<Record<BatchState, () => string>> = {
	making: m.batch_state_making,
	ready: m.batch_state_ready,
	cancelled: m.batch_state_cancelled,
	failed: m.batch_state_failed
};
const LABEL_STATES: Readonly<Record<TokenState, () => string>> = {
	UNCLAIMED: m.label_state_unclaimed,
	CLAIMED: m.label_state_claimed,
	REVOKED: m.label_state_revoked
};
const KINDS: Readonly<Record<IdentifierKind, () => string>> = {
	serial: m.identifier_serial,
	eui48: m.identifier_eui48,
	eui64: m.identifier_eui64,
	imei: m.identifier_imei,
	pattern: m.identifier_pattern
};
const PROOFS: Readonly<Record<ClaimProof, { name: () => string; text: () => string }>> = {
	claim_code: { name: m.batch_proof_code, text: m.batch_proof_code_text },
	presence: { name: m.batch_proof_presence, text: m.batch_proof_presence_text },
	staff_approval: { name: m.batch_proof_approval, text: m.batch_proof_approval_text },
	none: { name: m.batch_proof_none, text: m.batch_proof_none_text }
};
const UNKNOWN = { name: m.unknown_name, text: m.unknown_name };
const ROWS: Readonly<
	Record<RowProblem, (facts: { column: string; value: string; other: string }) => string>
> = {
	cell_count: m.row_cell_count,
	no_identifier: m.row_no_identifier,
	bad_identifier: m.row_bad_identifier,
	double_in_file: m.row_double_in_file,
	double_in_cloud: m.row_double_in_cloud,
	bad_name: m.row_bad_name,
	bad_cell: m.row_bad_cell,
	not_a_number: m.row_not_a_number
};
const TABLES: Readonly<
	Record<TableProblem, (facts: { column: string; encoding: string; line: string }) => string>
> = {
	empty: m.table_empty,
	encoding: m.table_encoding,
	double_header: m.table_double_header,
	no_header: m.table_no_header,
	no_such_column: m.table_no_such_column,
	no_such_field: m.table_no_such_field,
	no_rows: m.table_no_rows,
	open_quote: m.table_open_quote,
	too_many_rows: m.table_too_many_rows,
	too_many_cells: m.table_too_many_cells
};

export const batchStateName = (state: BatchState): string => known(STATES, state, m.unknown_name)();
export const labelStateName = (state: TokenState): string => known(LABEL_STATES, state, m.unknown_name)();
export const identifierName = (kind: IdentifierKind): string => known(KINDS, kind, m.unknown_name)();
export const identifierKinds = Object.keys(KINDS) as IdentifierKind[];
export const proofName = (proof: ClaimProof): string => known(PROOFS, proof, UNKNOWN).name();
export const proofText = (proof: ClaimProof): string => known(PROOFS, proof, UNKNOWN).text();
export const proofs = Object.keys(PROOFS) as ClaimProof[];
export const labelStates = Object.keys(LABEL_STATES) as TokenState[];

/** What is wrong with a row, and what to do about it. */
export function rowSentence({ problem, column = '', value = '', other = 0 }: RowFault): string {
	return known(ROWS, problem, m.unknown_name)({ column, value, other: String(other) });
}

/** What is wrong with a file that is no table; null where the error is about something else. */
export function tableSentence({ code, attributes }: ErrorBody): string | null {
	if (code !== 'unreadable_table') return null;
	const { problem, column = '', encoding = '', line = '' } = attributes ?? {};
	if (encoding === 'spreadsheet') return m.table_spreadsheet();
	return problem && problem in TABLES ? TABLES[problem as TableProblem]({ column, encoding, line }) : null;
}

/** How many numbers are left where a maker's block ends before a batch does; null where the error is about something else. */
export function blockSentence({ code, attributes }: ErrorBody): string | null {
	const left = Number(attributes?.['left']);
	return code === 'invalid_request' && left > 0 ? m.batch_block_ends({ left: number(left) }) : null;
}

/** Why a batch came to nothing, and what to do about it. */
export function failedSentence({ failure }: Batch): string {
	if (failure?.reason === 'not_allowed') return m.batch_failed_not_allowed();
	if (failure?.reason !== 'identifiers_taken') return m.batch_failed_text();
	return m.batch_failed_identifiers({ count: number(failure.count), first: failure.first.join(', ') });
}

/** How many labels a batch has, or is to have: one that came to nothing has none. */
export function batchLabels({ state, count }: Pick<Batch, 'state' | 'count'>): string {
	if (state === 'cancelled' || state === 'failed') return m.batch_no_labels();
	return m.batch_labels({ count, shown: number(count) });
}

/** The signs that a batch's name may have, as the cloud has them. */
export function batchNameFault(name: string): string | null {
	return /^[\p{L}\p{M}\p{N} '_-]{1,50}$/u.test(name.trim()) ? null : m.batch_name_hint();
}
