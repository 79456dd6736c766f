// The calls about batches of labels, each with its types. All reject with a HostError.

import type { Coming, Host } from './host';
import type {
	Batch,
	BatchToken,
	ClaimProof,
	CreateBatch,
	IdentifierKind,
	ImportReport,
	ListSort,
	Page,
	RevokeAnswer,
	RevokeTokens,
	Template,
	TokenState
} from './wire';

export interface LabelQuery {
	search: string;
	/** Of this batch alone. */
	batchId: number | null;
	state: TokenState | null;
	/** Where it is null, those of a batch come in their order, and of all the newest first. */
	sort: ListSort | null;
}

/** What identifies devices, and what has to come with that before it claims. */
export interface Identification {
	kind: IdentifierKind;
	/** A regular expression; of no account for other kinds than the maker's own. */
	pattern: string;
	proof: ClaimProof;
}

/** What to make of a table. */
export interface ImportPlan {
	templateId: string;
	name: string;
	note: string;
	identifier: ({ column: string } & Identification) | null;
	/** What columns fill, by their headers; those that are not here fill what their own header says. */
	mapping: Record<string, string>;
	/** Whether to leave out rows that are at fault. */
	goodRows: boolean;
	/** Whether its secrets are shown once. */
	once?: boolean;
}

export type Images = 'png' | 'svg' | 'both' | 'none';
export type Naming = 'label' | 'identifier';

/** The header of the column with the devices' names. */
export const DEVICE_NAME = 'Device Name';

/** Rows on a page. */
const SIZE = 50;

export function batchesTarget(search: string, sort: ListSort, page: number): string {
	const query = new URLSearchParams({ page: String(page), size: String(SIZE), sort });
	if (search) query.set('query', search);
	return `static-tokens/batches?${query}`;
}

export function labelsTarget(
	{ search, batchId, state, sort }: LabelQuery,
	page: number,
	size = SIZE
): string {
	const query = new URLSearchParams({ page: String(page), size: String(size) });
	if (search) query.set('query', search);
	if (batchId !== null) query.set('batchId', String(batchId));
	if (state) query.set('state', state);
	if (sort) query.set('sort', sort);
	return `static-tokens/find?${query}`;
}

export function importTarget(plan: ImportPlan, dryRun: boolean): string {
	const query = new URLSearchParams({ templateId: plan.templateId, dryRun: String(dryRun) });
	if (!dryRun) {
		query.set('name', plan.name);
		if (plan.note) query.set('note', plan.note);
		query.set('goodRows', String(plan.goodRows));
		if (plan.once) query.set('secrets', 'once');
	}
	if (plan.identifier) {
		query.set('identifierColumn', plan.identifier.column);
		query.set('identifierKind', plan.identifier.kind);
		query.set('proof', plan.identifier.proof);
		if (plan.identifier.kind === 'pattern') query.set('identifierPattern', plan.identifier.pattern);
	}
	if (Object.keys(plan.mapping).length > 0) query.set('mapping', JSON.stringify(plan.mapping));
	return `static-tokens/import?${query}`;
}

export const batches = (host: Host, search: string, sort: ListSort, page: number) =>
	host.organization<Page<Batch>>('GET', batchesTarget(search, sort, page));
export const batch = (host: Host, id: number) =>
	host.organization<Batch>('GET', `static-tokens/batch?batchId=${id}`);
export const generateBatch = (host: Host, body: CreateBatch) =>
	host.organization<Batch>('POST', 'static-tokens/batches', body);
export const cancelBatch = (host: Host, id: number) =>
	host.organization<void>('POST', `static-tokens/batch/cancel?batchId=${id}`);
export const labels = (host: Host, query: LabelQuery, page: number, size?: number) =>
	host.organization<Page<BatchToken>>('GET', labelsTarget(query, page, size));
export const revoke = (host: Host, body: RevokeTokens) =>
	host.organization<RevokeAnswer>('POST', 'static-tokens/revoke', body);
export const templates = (host: Host) => host.organization<Page<Template>>('GET', 'templates?size=1000');

export const importTable = (host: Host, plan: ImportPlan, table: Blob, dryRun: boolean) =>
	host.upload<ImportReport>(importTarget(plan, dryRun), table);
/** Saves a batch as a zip; as `Host.download`. */
export const exportBatch = (
	host: Host,
	id: number,
	images: Images,
	naming: Naming,
	name: string,
	coming: Coming
) =>
	host.download(
		`static-tokens/batch/export?${new URLSearchParams({ batchId: String(id), images, naming })}`,
		name,
		coming
	);
