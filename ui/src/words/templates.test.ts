import { describe, expect, it } from 'vitest';

import { templateOptions, typedNumber } from './templates';

describe('a typed number', () => {
	it.each([
		['', null],
		['  ', null],
		['0', 0],
		['-12.5', -12.5],
		['12,5', 12.5],
		['1e3', 1000],
		['much', NaN],
		['1,2,3', NaN]
	])('%j is %j', (text, value) => {
		expect(typedNumber(text)).toEqual(value);
	});
});

it('tells templates of one name apart', () => {
	const named = [
		{ templateId: 'TMPLa', name: 'Sensor' },
		{ templateId: 'TMPLb', name: 'Pump' },
		{ templateId: 'TMPLc', name: 'Sensor' }
	];
	expect(templateOptions(named).map(({ name }) => name)).toEqual([
		'Sensor · TMPLa',
		'Pump',
		'Sensor · TMPLc'
	]);
});
