import { describe, expect, it } from 'vitest';

import type { AuditAction, AuditEntry } from '../host/wire';
import { detailText } from './audit';

const entry = (action: AuditAction, detail: string | null, detailName?: string) =>
	({ action, detail, detailName }) as AuditEntry;

describe('details of the audit', () => {
	it.each<[AuditAction, string | null, string | null]>([
		['change_role', '3 to 1', 'from Customer to Administrator'],
		['set_device_limit', '500, was none', '500, before it any number'],
		['set_device_limit', 'none, was 3', 'any number, before it 3'],
		['release_device', 'history erased, with a new QR token', 'history erased, with a new code'],
		[
			'release_device',
			'called "Pump 3", history erased, with a new QR token',
			'called “Pump 3”; history erased, with a new code'
		],
		['delete_device', 'called "Pump 3"', 'called “Pump 3”'],
		['delete_device', 'called "Pump 3", nobody had claimed it', 'called “Pump 3”; nobody had claimed it'],
		['delete_device', 'called "Pump 3", its label stays revoked', 'called “Pump 3”; its label stays revoked'],
		['transfer_device', 'to organization 12', 'to organization 12'],
		['receive_device', 'from organization 2, history erased', 'from organization 2, history erased'],
		['disclaim', 'its label was kept, history kept', 'its label was kept, history kept'],
		[
			'transfer_device',
			'to organization 12, history erased, called "Pump 3"',
			'called “Pump 3”; to organization 12, history erased'
		],
		[
			'disclaim',
			'with a new QR token, history erased, called "Pump 3", with gateway 4',
			'called “Pump 3”; with a new code, history erased; with gateway 4'
		],
		['create_batch', 'batch 4, 100 of template 1', 'batch 4, 100 of template 1'],
		['export_tokens', 'batch 4, 100 tokens', 'batch 4, 100 labels'],
		['export_tokens', 'batch 4, 100000 tokens', 'batch 4, 100,000 labels'],
		['create_batch', 'batch 4, 2000 of template 1', 'batch 4, 2,000 of template 1'],
		['create_batch', 'batch 2000, 100000 of template 1000', 'batch 2000, 100,000 of template 1000'],
		['export_tokens', 'batch 4, 2000 tokens', 'batch 4, 2,000 labels'],
		['revoke_tokens', 'batch 4, 1500 labels: 1001-2500', '1,500 labels of batch 4: 1001-2500'],
		['set_device_limit', '1500, was 1000', '1,500, before it 1,000'],
		['revoke_tokens', 'tokens 1, 2', 'labels 1, 2'],
		['revoke_tokens', 'tokens 1-9, 12', 'labels 1-9, 12'],
		['revoke_tokens', 'batch 4, 1 labels: 7', '1 label of batch 4: 7'],
		['revoke_tokens', 'batch 4, 500 labels: 1-500', '500 labels of batch 4: 1-500'],
		['revoke_tokens', 'batch 4, 7 labels: 1, 3, 5, 7, 9, 11, 13', '7 labels of batch 4: 1, 3, 5, 7, 9, …'],
		['export_devices', 'alone, named with "pump"', 'that organization alone, with “pump” in the name'],
		['export_devices', 'with those below', 'with those below'],
		['export_devices', 'alone, NeverConnected', 'that organization alone, in this state: Not connected yet'],
		[
			'export_devices',
			'alone, named with "a\\", Online", Offline, of template 3',
			'that organization alone, with “a\\", Online” in the name, in this state: Offline, of template 3'
		],
		['rename_organization', 'was a transfer', 'was a transfer'],
		['refuse_claim', 'a transfer', 'a transfer'],
		['create_client', 'oa2-client-id_x', 'oa2-client-id_x'],
		['claim', null, null],
		['claim', 'by QR token', 'by its label'],
		['claim', 'by claim code, with 2 nodes', 'by its claim code, with 2 nodes'],
		['claim', 'by approval', 'by support’s word'],
		['claim', 'with gateway 4', 'with gateway 4'],
		['unpair_node', 'from gateway 4', 'from gateway 4'],
		['replace_gateway', 'by gateway 4, with 1 nodes', 'by gateway 4, with 1 node'],
		['set_join_window', 'closed', 'closed'],
		['set_join_window', '5 minutes', 'for 5 minutes'],
		['refuse_node', 'node 7', 'node 7'],
		[
			'release_device',
			'history erased, with a new QR token, with gateway 4',
			'history erased, with a new code; with gateway 4'
		]
	])('%s: %s', (action, detail, want) => {
		expect(detailText(entry(action, detail))).toBe(want);
	});

	it('names what it knows the name of', () => {
		const moved = entry('transfer_device', 'to organization 12, history kept', 'Orchard');
		expect(detailText(moved)).toBe('to organization Orchard, history kept');
		const made = entry('create_batch', 'batch 4, 100 of template 1', 'Line 2');
		expect(detailText(made)).toBe('batch Line 2, 100 of template 1');
	});
});
