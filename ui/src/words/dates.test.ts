import { describe, expect, it } from 'vitest';

import { ago } from './dates';

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
