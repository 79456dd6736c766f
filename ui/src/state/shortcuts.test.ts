import { describe, expect, it } from 'vitest';

import { scanShortcutFor, shortcutFor, type ScanShortcut, type Shortcut } from './shortcuts';

const plain = { ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false };

describe('a shortcut', () => {
	const rows: [string, Partial<typeof plain>, boolean, Shortcut | null][] = [
		['a', {}, false, 'add'],
		['A', {}, false, 'add'],
		['r', {}, false, 'refresh'],
		['/', {}, false, 'search'],
		['?', {}, false, 'help'],
		['Escape', {}, true, 'back'],
		['k', { ctrlKey: true }, true, 'palette'],
		['k', { metaKey: true }, false, 'palette'],
		['r', { ctrlKey: true }, false, null],
		['a', {}, true, null],
		['a', { altKey: true }, false, null],
		['a', { defaultPrevented: true }, false, null],
		['x', {}, false, null]
	];
	it.each(rows)('%s %j typing=%s', (key, keys, typing, shortcut) => {
		expect(shortcutFor({ ...plain, ...keys, key }, typing)).toBe(shortcut);
	});
});

describe('a shortcut of the scan', () => {
	const rows: [string, Partial<typeof plain>, boolean, ScanShortcut | null][] = [
		['l', {}, false, 'light'],
		['L', {}, false, 'light'],
		['+', {}, false, 'nearer'],
		['=', {}, false, 'nearer'],
		['-', {}, false, 'wider'],
		['+', { ctrlKey: true }, false, null],
		['-', {}, true, null],
		['l', { defaultPrevented: true }, false, null],
		['a', {}, false, null]
	];
	it.each(rows)('%s %j typing=%s', (key, keys, typing, shortcut) => {
		expect(scanShortcutFor({ ...plain, ...keys, key }, typing)).toBe(shortcut);
	});
});
