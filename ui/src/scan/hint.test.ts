import { describe, expect, it } from 'vitest';

import type { FoundCandidate, Hint, PictureFindings } from '../host/wire';
import { hear, HOLD, hintOf, SILENT } from './hint';

function candidate(x: number, y: number, side: number, hint: Hint): FoundCandidate {
	const corners: FoundCandidate['corners'] = [
		[x, y],
		[x + side, y],
		[x + side, y + side],
		[x, y + side]
	];
	return { corners, hint };
}

function seen(...candidates: FoundCandidate[]): PictureFindings {
	return { width: 960, height: 540, codes: [], candidates };
}

const middle = candidate(430, 220, 100, 'closer');

describe('the hint', () => {
	const rows: [string, PictureFindings, Hint | null][] = [
		['is none where nothing is seen', seen(), null],
		['is that of what is seen', seen(middle), 'closer'],
		['is that for the whole picture', { ...seen(), hint: 'blurred' }, 'blurred'],
		['is that of the larger one', seen(middle, candidate(300, 150, 240, 'glare')), 'glare'],
		['is that of the one nearer to the middle', seen(candidate(0, 0, 120, 'glare'), middle), 'closer'],
		[
			'is none where a code was read',
			{ ...seen(middle), codes: [{ text: 'sqr_a', corners: middle.corners, readings: [] }] },
			null
		]
	];
	it.each(rows)('%s', (_, findings, hint) => {
		expect(hintOf(findings)).toBe(hint);
	});
});

describe('what is said', () => {
	const rows: [string, [Hint | null, number][], Hint | null][] = [
		['nothing at first', [['closer', 0]], null],
		[
			'what held for a while',
			[
				['closer', 0],
				['closer', HOLD]
			],
			'closer'
		],
		[
			'nothing that flickers',
			[
				['closer', 0],
				['glare', HOLD - 100],
				['closer', HOLD - 50],
				['closer', HOLD + 100]
			],
			null
		],
		[
			'the old while the new does not hold',
			[
				['closer', 0],
				['closer', HOLD],
				[null, HOLD + 10],
				['glare', HOLD + 20],
				['closer', HOLD + 30],
				['closer', 3 * HOLD]
			],
			'closer'
		],
		[
			'nothing again once nothing is seen for a while',
			[
				['closer', 0],
				['closer', HOLD],
				[null, HOLD + 10],
				[null, 2 * HOLD + 10]
			],
			null
		]
	];
	it.each(rows)('is %s', (_, heard, said) => {
		const last = heard.reduce((before, [hint, now]) => hear(before, hint, now), SILENT);
		expect(last.said).toBe(said);
	});
});
