import { describe, expect, test } from 'vitest';

import { type FleetFields, FIRST_FIELDS, readFleet } from './fleetFields';

const read = (fields: Partial<FleetFields>) => readFleet({ ...FIRST_FIELDS, ...fields });

describe('a fleet as it is typed', () => {
	test('asks for what is there from the start', () => {
		expect(read({}).start).toEqual({
			topology: 'direct',
			count: 100,
			seed: 1,
			seconds: 60,
			every: 10,
			speed: 1,
			signals: ['V1=moisture', 'V2=temperature'],
			failures: []
		});
	});

	test.each([
		['count', { count: '' }],
		['count', { count: '0' }],
		['count', { count: '10001' }],
		['count', { count: '1.5' }],
		['seconds', { seconds: 'ten' }],
		['every', { every: '0.01' }],
		['speed', { speed: '0' }],
		['seed', { seed: '-1' }],
		['seed', { seed: '4294967296' }],
		['gateways', { topology: 'hub', count: '2001', gateways: '2' }],
		['gateways', { topology: 'mesh', count: '10', gateways: '11' }]
	] as const)('says that the %s cannot be: %o', (name, fields) => {
		const { wrong, start } = read(fields);
		expect([...wrong]).toEqual([name]);
		expect(start).toBeNull();
	});

	test.each([
		['direct', '10000', '', undefined],
		['hub', '100', '', 1],
		['hub', '101', '', 2],
		['hub', '3000', '3', 3],
		['mesh', '26', '', 2],
		['mesh', '300', '3', 3]
	] as const)('has as many gateways as such a fleet has: %s of %s', (topology, count, gateways, want) => {
		expect(read({ topology, count, gateways }).start?.gateways).toBe(want);
	});

	test('takes a comma for a point, and lists as they are written', () => {
		const { start } = read({ every: ' 0,5 ', signals: 'V1=moisture,V2=switch;\n V3=counter' });
		expect(start?.every).toBe(0.5);
		expect(start?.signals).toEqual(['V1=moisture', 'V2=switch', 'V3=counter']);
	});

	test('plays a recording whatever stands in the other fields', () => {
		const { playing } = read({ topology: 'mesh', count: '30', seconds: 'for ever', seed: '7', speed: '10' });
		expect(playing).toEqual({ topology: 'mesh', gateways: 2, seed: 7, speed: 10 });
	});
});
