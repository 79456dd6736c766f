import { describe, expect, it } from 'vitest';

import { m } from '../paraglide/messages.js';
import { NAME_LENGTH, nameFault } from './deviceName';

describe('a device name', () => {
	const rows: [string, string | null][] = [
		['Soil sensor 7', null],
		["Clara's_barn-2", null],
		['Gewächshaus Süd', null],
		['  padded  ', null],
		['x'.repeat(NAME_LENGTH), null],
		['', m.device_name_empty()],
		['   ', m.device_name_empty()],
		['x'.repeat(NAME_LENGTH + 3), m.device_name_long({ over: 3 })],
		['50 % wet', m.device_name_characters({ character: '%' })],
		['<b>', m.device_name_characters({ character: '<' })],
		['sensor 🌱', m.device_name_characters({ character: '🌱' })]
	];
	it.each(rows)('%j', (name, fault) => expect(nameFault(name)).toBe(fault));
});
