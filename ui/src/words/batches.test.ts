import { expect, it } from 'vitest';

import type { BatchState } from '../host/wire';
import { batchLabels } from './batches';

const rows: [BatchState, string][] = [
	['making', '2,000 labels'],
	['ready', '2,000 labels'],
	['cancelled', 'No labels'],
	['failed', 'No labels']
];
it.each(rows)('of a batch that is %s a list says: %s', (state, words) => {
	expect(batchLabels({ state, count: 2_000 })).toBe(words);
});
