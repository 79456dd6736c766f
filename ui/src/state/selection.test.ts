import { expect, it } from 'vitest';

import { Selection, type Place } from './selection.svelte';

const rows = [5, 3, 9, 1, 7].map((id) => ({ id, name: `Pump ${id}` }));
const at = (place: number) => rows[place] ?? { id: 0, name: '' };
const chosen = (selection: Selection) => selection.rows.map(({ id }) => id);

it('chooses and spares all rows from the last that was touched, in either direction', () => {
	const selection = new Selection();
	selection.toggle(at(1));
	selection.toggle(at(3), rows);
	expect(chosen(selection).toSorted()).toEqual([1, 3, 9]);
	selection.toggle(at(0), rows);
	expect(chosen(selection).toSorted()).toEqual([1, 3, 5, 9]);
	selection.toggle(at(2));
	selection.toggle(at(3), rows);
	expect(chosen(selection).toSorted()).toEqual([3, 5]);
});

it('begins no range where nothing was touched, or what was is not in the list any more', () => {
	const selection = new Selection();
	selection.toggle(at(4), rows);
	expect(chosen(selection)).toEqual([7]);
	selection.toggle(at(0), rows.slice(0, 3));
	expect(chosen(selection)).toEqual([7, 5]);
	selection.clear();
	selection.toggle(at(2), rows);
	expect(chosen(selection)).toEqual([9]);
});

/** A list of 2,500 rows, whose pages come when they are let. */
function list() {
	const waiting: (() => void)[] = [];
	const ask = async ({ page, size }: Place) => {
		await new Promise<void>((resolve) => waiting.push(resolve));
		const count = Math.min(size, 2_500 - page * size);
		const content = Array.from({ length: count }, (_, index) => ({ id: page * size + index, name: 'Pump' }));
		return { content, totalElements: 2_500 };
	};
	const next = async () => {
		waiting.shift()?.();
		await new Promise((resolve) => setTimeout(resolve));
	};
	return { ask, next };
}

it('says how far it is while all are gathered, and has them at the end', async () => {
	const selection = new Selection();
	const { ask, next } = list();
	selection.toggle({ id: 9_000, name: 'Apart' });
	const all = selection.all(ask);
	await next();
	expect([selection.gathering, selection.size]).toEqual([{ done: 1_000, total: 2_500 }, 1]);
	await next();
	expect(selection.gathering?.done).toBe(2_000);
	await next();
	await all;
	expect([selection.gathering, selection.size]).toEqual([null, 2_501]);
});

it('leaves chosen what was before, where gathering is stopped or the list is another', async () => {
	for (const end of ['stop', 'clear'] as const) {
		const selection = new Selection();
		const { ask, next } = list();
		selection.toggle({ id: 9_000, name: 'Apart' });
		const all = selection.all(ask);
		await next();
		selection[end]();
		expect(selection.gathering).toBe(null);
		await next();
		await all;
		expect(selection.size).toBe(end === 'stop' ? 1 : 0);
	}
});
