import { expect, it } from 'vitest';

import { KEPT_FOR, KeptLabel } from './kept';
import { storage } from './testing';

const LABEL = 'sqr_AbCdEfGhIjKlMnOpQrStUvWxYz012345';

it.each([
	['at once', 0, LABEL],
	['within the day', KEPT_FOR - 1, LABEL],
	['after a day', KEPT_FOR, null],
	['when the clock was put back', -1, null]
])('gives the label to another tab %s', (_, later, taken) => {
	const store = storage();
	new KeptLabel(store, () => 1_000).keep(LABEL);
	expect(new KeptLabel(store, () => 1_000 + later).take()).toBe(taken);
	expect(store.held.size).toBe(0);
});

it('is still there when it was looked at', () => {
	const store = storage();
	new KeptLabel(store, () => 0).keep(LABEL);
	expect([new KeptLabel(store, () => 1).look(), new KeptLabel(store, () => 2).take()]).toEqual([
		LABEL,
		LABEL
	]);
});

it('gives it once', () => {
	const kept = new KeptLabel(storage(), () => 0);
	kept.keep(LABEL);
	expect([kept.take(), kept.take()]).toEqual([LABEL, null]);
});

it('forgets an old one as soon as it is opened', () => {
	const store = storage();
	new KeptLabel(store, () => 0).keep(LABEL);
	new KeptLabel(store, () => KEPT_FOR);
	expect(store.held.size).toBe(0);
});

it('takes nothing that is not its own', () => {
	const store = storage();
	store.setItem('handover.label', 'not JSON');
	expect(new KeptLabel(store, () => 0).take()).toBeNull();
});
