import { expect, it } from 'vitest';

import type { Datastream } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { heldText, rangeText, typedFault, valueText } from './values';

const number = (min: number | null, max: number | null, unit: string | null = null) =>
	({ name: 'Opening', unit, dataType: { kind: 'double', min, max, default: null } }) as unknown as Datastream;

it('says which numbers a datastream takes, and what it holds instead of another', () => {
	expect(rangeText(number(0, 100, '%'))).toBe(m.values_range({ min: '0 %', max: '100 %' }));
	expect(rangeText(number(1, null))).toBe(m.values_least({ min: '1' }));
	expect(rangeText(number(null, 9))).toBe(m.values_most({ max: '9' }));
	expect(rangeText(number(null, null))).toBeUndefined();
	expect(heldText(500, 100, number(0, 100, '%'))).toBe(
		m.values_held_most({ value: '100 %', name: 'Opening' })
	);
	expect(heldText(-5, 0, number(0, 100))).toBe(m.values_held_least({ value: '0', name: 'Opening' }));
});

it('says how long a text may be, and of one that is longer by how much, in bytes', () => {
	const text = { name: 'Note', unit: null, dataType: { kind: 'string', default: null } } as Datastream;
	expect(rangeText(text)).toBe(m.values_room({ most: '1,024' }));
	expect(typedFault('a'.repeat(1_024), text)).toBeNull();
	expect(typedFault('a'.repeat(1_200), text)).toBe(m.values_too_long({ most: '1,024', over: '176' }));
	expect(typedFault('ä'.repeat(600), text)).toBe(m.values_too_long({ most: '1,024', over: '176' }));
	expect(typedFault('seven', number(null, null))).toBe(m.values_not_a_number());
	expect(typedFault('7', number(null, null))).toBeNull();
});

it('shows what hides in a text of a device', () => {
	expect(valueText('on\u202Effo', undefined)).toBe('on⟨U+202E⟩ffo');
});
