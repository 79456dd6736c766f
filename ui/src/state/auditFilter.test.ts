import { describe, expect, it } from 'vitest';

import { auditTarget } from '../host/audit';
import { auditPath, readFilter } from './auditFilter';

const NOTHING = {
	orgId: null,
	deviceId: null,
	userId: null,
	part: 'either',
	action: null,
	from: null,
	to: null
};

describe('the audit’s address', () => {
	it.each([
		['', NOTHING],
		['org=x&device=-1&person=1.5&as=bystander&action=fly&from=yesterday&to=2026-13-40', NOTHING],
		['device=5', { ...NOTHING, deviceId: 5 }],
		[
			'org=2&person=3&as=actor&action=claim',
			{ ...NOTHING, orgId: 2, userId: 3, part: 'actor', action: 'claim' }
		],
		['from=2026-11-01&to=2026-11-28', { ...NOTHING, from: '2026-11-01', to: '2026-11-28' }]
	])('%s', (querystring, filter) => {
		expect(readFilter(querystring)).toEqual(filter);
	});

	it.each([
		'/audit',
		'/audit?device=5',
		'/audit?org=2&person=3&as=actor&action=claim&from=2026-11-01&to=2026-11-02'
	])('%s leads back to itself', (path) => {
		expect(auditPath(readFilter(path.split('?')[1] ?? ''))).toBe(path);
	});

	it('asks the cloud for whole days of whoever looks', () => {
		const target = auditTarget(readFilter('from=2026-03-01&to=2026-03-01'), 'newest', 2);
		const query = new URLSearchParams(target.split('?')[1]);
		expect(query.get('page')).toBe('2');
		expect(Number(query.get('from'))).toBe(new Date(2026, 2, 1).getTime());
		expect(Number(query.get('until'))).toBe(new Date(2026, 2, 2).getTime());
	});
});
