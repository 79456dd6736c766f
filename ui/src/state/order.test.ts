import { expect, it } from 'vitest';

import { inOrder } from './order';

it('leaves an answer to an older question out after one to a newer', () => {
	const ask = inOrder();
	const [first, second, third] = [ask(), ask(), ask()];
	expect(second()).toBe(true);
	expect(first()).toBe(false);
	expect(third()).toBe(true);
	expect(second()).toBe(false);
});

it('shows all answers that come in order', () => {
	const ask = inOrder();
	expect([ask(), ask(), ask()].map((counts) => counts())).toEqual([true, true, true]);
});
