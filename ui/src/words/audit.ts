// What the audit's entries say, in words. What is gone has no name any more, and is told by its number.

import type { AuditAction, AuditEntry, AuditFault, DeviceState } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { number } from './dates';
import { stateName } from './devices';
import { roleName } from './known';

export function actionName(action: AuditAction): string {
	const name = `audit_action_${action}` as const;
	return name in m ? m[name]() : m.unknown_name();
}

export function actorName({ actor }: AuditEntry): string {
	if (actor.kind === 'person') return actor.name ?? m.audit_left_person({ id: actor.id });
	if (actor.kind === 'cloud') return m.audit_cloud();
	return m.audit_machine({ id: actor.name ?? actor.id });
}

/** Null where no device is concerned. */
export function deviceName({ deviceId, deviceName }: AuditEntry): string | null {
	return deviceId === null ? null : (deviceName ?? m.audit_device({ id: deviceId }));
}

/** Whom it happened to; null where that is nobody, or whoever did it. */
export function affectedName({ actor, userId, userName }: AuditEntry): string | null {
	if (userId === null || (actor.kind === 'person' && actor.id === userId)) return null;
	return userName ?? m.audit_person({ id: userId });
}

export function faultText(fault: AuditFault): string {
	switch (fault.kind) {
		case 'end_unproven':
			return m.audit_fault_end_unproven();
		case 'missing':
			return m.audit_fault_missing({ seq: fault.seq });
		case 'changed':
			return m.audit_fault_changed({ seq: fault.seq });
		case 'cut_off':
			return m.audit_fault_cut_off({ seq: fault.seq });
		case 'beyond_end':
			return m.audit_fault_beyond_end({ seq: fault.seq });
		case 'replaced':
			return m.audit_fault_replaced({ seq: fault.seq });
		default:
			return m.unknown_name();
	}
}

/** Numbers that are named in a line; the file that is exported has all of them. */
const NAMED = 5;

function shortened(numbers: string): string {
	const all = numbers.split(', ');
	return all.length > NAMED ? `${all.slice(0, NAMED).join(', ')}, …` : numbers;
}

/** What ends a detail of a change of hands, behind what is told by its own pattern. */
const before = (what: string) =>
	new RegExp(`${what}(, history kept|, history erased)?(?:, called "(.*)")?$`, 's');

/** With the name that what is gone had. */
function withName(what: string, name: string | undefined): string {
	return name === undefined ? what : m.audit_detail_called_and({ name, what });
}

/** With what became of what there was before, and with the name that was erased with it. */
function withHistory(what: string, history?: string, name?: string): string {
	if (!history) return withName(what, name);
	const is = history.endsWith('kept')
		? m.audit_detail_and_kept({ what })
		: m.audit_detail_and_erased({ what });
	return withName(is, name);
}

/** A number of things, as people write it. */
const grouped = (count: string): string => (/^\d+$/.test(count) ? number(Number(count)) : count);

/** What was said in the cloud's own words, and what that is in others. Names, numbers and reasons stay as they are. */
const DETAILS: readonly [RegExp, (parts: string[]) => string][] = [
	[/^history kept, with a new QR token$/, m.audit_detail_kept],
	[
		/^(?:called "(.*)", )?history erased, with a new QR token$/s,
		([name]) => withName(m.audit_detail_erased(), name)
	],
	[
		before('^its label was kept'),
		([history, name]) => withHistory(m.audit_detail_label_kept(), history, name)
	],
	[
		before('^with a new QR token'),
		([history, name]) => withHistory(m.audit_detail_new_label(), history, name)
	],
	[
		/^(?:called "(.*)", )?its token is unclaimed, with a new QR token$/s,
		([name]) => withName(m.audit_detail_unclaimed(), name)
	],
	[
		/^(?:called "(.*)", )?its label stays revoked$/s,
		([name]) => withName(m.audit_detail_stays_revoked(), name)
	],
	[
		/^(?:called "(.*)", )?nobody had claimed it$/s,
		([name]) => withName(m.audit_detail_never_claimed(), name)
	],
	[/^called "(.*)"$/s, ([name = '']) => m.audit_detail_called({ name })],
	[/^it connected before anybody claimed it$/, m.audit_detail_connected_first],
	[
		before('^to organization (\\d+)'),
		([id = '', history, name]) => withHistory(m.audit_detail_to_organization({ id }), history, name)
	],
	[
		before('^from organization (\\d+)'),
		([id = '', history]) => withHistory(m.audit_detail_from_organization({ id }), history)
	],
	[/^a transfer$/, m.audit_detail_undid_transfer],
	[/^a claim$/, m.audit_detail_undid_claim],
	[/^sign-up on$/, m.audit_detail_sign_up_on],
	[/^sign-up off$/, m.audit_detail_sign_up_off],
	[/^(\d+) shown$/, ([count = '']) => m.audit_detail_shown({ count: grouped(count) })],
	[
		/^(\d+) of template (\d+)$/,
		([count = '', template = '']) => m.audit_detail_tokens_of({ count: grouped(count), template })
	],
	[/^batch (\d+)$/, ([id = '']) => m.audit_detail_batch({ id })],
	[
		/^batch (\d+), (\d+) of template (\d+)$/,
		([id = '', count = '', template = '']) => m.audit_detail_batch_of({ id, count: grouped(count), template })
	],
	[
		/^batch (\d+), (\d+) tokens$/,
		([id = '', count = '']) => m.audit_detail_batch_tokens({ id, count: grouped(count) })
	],
	[
		/^batch (\d+), all (\d+) that were unclaimed$/,
		([id = '', count = '']) => m.audit_detail_batch_unclaimed({ id, count: grouped(count) })
	],
	[
		/^batch (\d+), (\d+) labels: ([\d, -]+)$/,
		([id = '', count = '', numbers = '']) =>
			m.audit_detail_batch_labels({
				id,
				count: Number(count),
				shown: grouped(count),
				numbers: shortened(numbers)
			})
	],
	[/^tokens ([\d, -]+)$/, ([ids = '']) => m.audit_detail_tokens({ ids: shortened(ids) })],
	[/^with gateway (\d+)$/, ([id = '']) => m.audit_detail_with_gateway({ id })],
	[/^label (.+)$/s, ([name = '']) => m.audit_detail_label({ name })],
	[/^again$/, m.audit_detail_again],
	[/^by mail$/, m.audit_detail_by_mail],
	[/^by its button$/, m.audit_detail_button],
	[/^by its four digits$/, m.audit_detail_digits],
	[/^alone$/, m.audit_detail_alone],
	[/^with those below$/, m.audit_detail_below]
];

/** Those whose words are of one kind of entry alone: elsewhere the same may be somebody's own. */
const OF_ACTION: Partial<Record<AuditAction, [RegExp, (parts: string[]) => string]>> = {
	claim: [
		/^by ([a-zA-Z ]+?)(?:, with (\d+) nodes)?$/,
		([proof = '', nodes]) => {
			const words = PROOFS[proof]?.() ?? proof;
			return nodes ? m.audit_detail_with_nodes({ proof: words, count: Number(nodes) }) : words;
		}
	],
	change_role: [
		/^(\d) to (\d)$/,
		([before = '', after = '']) =>
			m.audit_detail_role({ before: roleName(Number(before)), after: roleName(Number(after)) })
	],
	set_device_limit: [
		/^(none|\d+), was (none|\d+)$/,
		([after = '', before = '']) => m.audit_detail_limit({ after: limit(after), before: limit(before) })
	],
	unpair_node: [/^from gateway (\d+)$/, ([id = '']) => m.audit_detail_from_gateway({ id })],
	replace_gateway: [
		/^by gateway (\d+), with (\d+) nodes$/,
		([id = '', count = '']) => m.audit_detail_by_gateway({ id, count: Number(count) })
	],
	set_join_window: [
		/^(?:closed|(\d+) minutes)$/,
		([minutes]) =>
			minutes ? m.audit_detail_window({ count: Number(minutes) }) : m.audit_detail_window_closed()
	],
	refuse_node: [/^node (\d+)$/, ([id = '']) => m.audit_detail_node({ id })],
	rename_organization: [/^was (.+)$/s, ([name = '']) => m.audit_detail_was({ name })],
	edit_template: [
		/^(TMPL\w+), was (.+)$/s,
		([id = '', name = '']) => m.audit_detail_template_was({ id, name })
	],
	export_devices: [
		/^(alone|with those below)(, named with "(.*)")?(?:, (Online|Offline|NeverConnected))?(?:, of template (\d+))?$/s,
		([of, named, name = '', state, template]) => {
			let words = of === 'alone' ? m.audit_detail_alone() : m.audit_detail_below();
			if (named) words = m.audit_detail_named({ of: words, name });
			if (state) words = m.audit_detail_in_state({ of: words, state: stateName(STATES[state] ?? 'offline') });
			return template ? m.audit_detail_of_template({ of: words, template }) : words;
		}
	]
};

/** What proved a claim, as the cloud writes it down. */
const PROOFS: Readonly<Record<string, () => string>> = {
	'QR token': m.audit_detail_by_label,
	'auth token': m.audit_detail_by_key,
	'claim code': m.audit_detail_by_code,
	'its button': m.audit_detail_button,
	'identifier alone': m.audit_detail_by_number,
	approval: m.audit_detail_by_approval
};

/** States of devices, as the cloud writes them down. */
const STATES: Readonly<Record<string, DeviceState>> = {
	Online: 'online',
	Offline: 'offline',
	NeverConnected: 'never_connected'
};

const limit = (most: string): string => (most === 'none' ? m.audit_detail_no_limit() : grouped(most));

/** Of these what else there is to know is as it was written: a number that identifies a device, or what people said. */
const OWN_WORDS: ReadonlySet<AuditAction> = new Set(['refuse_claim']);

/** What may be done to a gateway and its nodes in one step. */
const TOGETHER: ReadonlySet<AuditAction> = new Set(['release_device', 'transfer_device', 'disclaim']);

/** What else there is to know about an entry, in words; null where nothing is. */
export function detailText(entry: AuditEntry): string | null {
	const { action, detail, detailName } = entry;
	if (!detail || OWN_WORDS.has(action)) return detail ?? null;
	const [, rest, id] = (TOGETHER.has(action) && /^(.+), with gateway (\d+)$/s.exec(detail)) || [];
	if (rest !== undefined && id !== undefined) {
		const what = detailText({ ...entry, detail: rest }) ?? rest;
		return m.audit_detail_and_gateway({ what, id });
	}
	const own = OF_ACTION[action];
	for (const [pattern, words] of own ? [own, ...DETAILS] : DETAILS) {
		const found = pattern.exec(detail);
		// The number that has a name is the first that is told.
		if (found) return words(detailName === undefined ? found.slice(1) : [detailName, ...found.slice(2)]);
	}
	return detail;
}
