import { afterEach, describe, expect, it } from 'vitest';

import { getLocale, overwriteGetLocale } from '../paraglide/runtime.js';
import { ago, number } from './dates';

const MINUTE = 60_000;

describe('how long ago', () => {
	const rows: [number, string][] = [
		[0, 'just now'],
		[-5 * MINUTE, 'just now'],
		[59_000, 'just now'],
		[MINUTE, '1 minute ago'],
		[59 * MINUTE, '59 minutes ago'],
		[90 * MINUTE, '1 hour ago'],
		[24 * 60 * MINUTE, 'yesterday'],
		[15 * 24 * 60 * MINUTE, '2 weeks ago'],
		[400 * 24 * 60 * MINUTE, 'last year']
	];
	it.each(rows)('%d ms', (past, words) =>
		expect(ago(1_000_000_000_000 - past, 1_000_000_000_000)).toBe(words)
	);
});

describe('whoever changes the language', () => {
	const before = getLocale;
	afterEach(() => overwriteGetLocale(before));

	it('reads all of it in that one, also what was read before', () => {
		for (const [locale, hour, thousand] of [
			['en', '1 hour ago', '1,000'],
			['de', 'vor 1 Stunde', '1.000'],
			['en', '1 hour ago', '1,000']
		] as const) {
			overwriteGetLocale(() => locale);
			expect([ago(0, 60 * MINUTE), number(1_000)]).toEqual([hour, thousand]);
		}
	});
});
