import { expect, it, vi } from 'vitest';

import { Troubles } from './troubles.svelte';

const trouble = (words: string) => ({ words, retry: vi.fn() });

it('the first says it for all that have the same trouble, and the next once it is gone', () => {
	const troubles = new Troubles();
	const [one, same, other] = [trouble('no network'), trouble('no network'), trouble('too often')];
	const gone = troubles.add(one);
	troubles.add(same);
	troubles.add(other);
	expect([one, same, other].map((each) => troubles.speaks(each))).toEqual([true, false, true]);
	gone();
	expect([one, same, other].map((each) => troubles.speaks(each))).toEqual([false, true, true]);
});

it('trying again tries all that have the same trouble', () => {
	const troubles = new Troubles();
	const all = [trouble('no network'), trouble('no network'), trouble('too often')];
	for (const each of all) troubles.add(each);
	for (const each of all.slice(0, 1)) troubles.retry(each);
	expect(all.map(({ retry }) => retry.mock.calls.length)).toEqual([1, 1, 0]);
});

it('is covered as long as anything stands before it', () => {
	const screen = new Troubles();
	const [one, other] = [screen.cover(), screen.cover()];
	one();
	expect(screen.isCovered).toBe(true);
	other();
	expect(screen.isCovered).toBe(false);
});
