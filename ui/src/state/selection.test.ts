import { expect, it } from 'vitest';

import { Selection } from './selection.svelte';

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
