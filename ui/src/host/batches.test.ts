import { expect, it } from 'vitest';

import { batchesTarget, importTarget, labelsTarget, type ImportPlan } from './batches';

it('asks for pages of batches', () => {
	expect(batchesTarget('', 'newest', 0)).toBe('static-tokens/batches?page=0&size=50&sort=newest');
	expect(batchesTarget('a&b', 'name', 2)).toBe('static-tokens/batches?page=2&size=50&sort=name&query=a%26b');
});

it('asks for labels of one batch or of all', () => {
	const all = { search: 'SN 1', batchId: null, state: null, sort: null };
	expect(labelsTarget(all, 0)).toBe('static-tokens/find?page=0&size=50&query=SN+1');
	expect(labelsTarget({ search: '', batchId: 3, state: 'REVOKED', sort: 'name' }, 1)).toBe(
		'static-tokens/find?page=1&size=50&batchId=3&state=REVOKED&sort=name'
	);
});

it('says what to make of a table', () => {
	const plan: ImportPlan = {
		templateId: 'TMPLx',
		name: 'Spring',
		note: '',
		identifier: { column: 'MAC', kind: 'eui48', pattern: 'left over', proof: 'claim_code' },
		mapping: { Farbe: '' },
		goodRows: true
	};
	const query = (dryRun: boolean) =>
		Object.fromEntries(new URLSearchParams(importTarget(plan, dryRun).split('?')[1]));
	expect(query(true)).toEqual({
		templateId: 'TMPLx',
		dryRun: 'true',
		identifierColumn: 'MAC',
		identifierKind: 'eui48',
		proof: 'claim_code',
		mapping: '{"Farbe":""}'
	});
	expect(query(false)).toMatchObject({ name: 'Spring', goodRows: 'true', dryRun: 'false' });
});
