import { expect, test } from 'vitest';

import { Slots } from './slots';

const list = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
const span = (first: number, end: number) => Array.from({ length: end - first }, (_, at) => first + at);

test('whoever scrolls anywhere meets the same elements with other rows in them', () => {
	const rows = list(10_000);
	const slots = new Slots();
	// What was there before and went is not made anew.
	slots.seat(rows, span(0, 100), null);
	for (const first of [0, 3, 4, 9_970, 5_000, 4_990, 0]) {
		const seats = slots.seat(rows, span(first, first + 30), null);
		expect(seats.map(({ one }) => one.id)).toEqual(span(first + 1, first + 31));
		expect(seats.map(({ index }) => index)).toEqual(span(first, first + 30));
		expect(seats.map(({ slot }) => slot).toSorted((one, other) => one - other)).toEqual(span(0, 30));
	}
});

test('where all rows are others, the elements stay in their order', () => {
	const rows = list(10_000);
	const slots = new Slots();
	slots.seat(rows, span(0, 30), null);
	const before = slots.seat(rows, span(4, 34), null);
	const after = slots.seat(rows, span(9_970, 10_000), null);
	expect(after.map(({ slot }) => slot)).toEqual(before.map(({ slot }) => slot));
});

test('a row keeps its element, and a seat in which nothing changed is the same', () => {
	const rows = list(100);
	const slots = new Slots();
	const before = slots.seat(rows, span(0, 20), null);
	const after = slots.seat(rows, span(5, 25), null);
	expect(after.slice(0, 15)).toEqual(before.slice(5));
	for (const [at, seat] of before.slice(5).entries()) expect(after[at]).toBe(seat);
});

test('a row that moves or changes keeps its element, too', () => {
	const rows = list(10);
	const slots = new Slots();
	const before = slots.seat(rows, span(0, 10), null);
	const moved = [{ id: 99 }, ...rows.slice(0, 5), { id: 6, name: 'Pump' }, ...rows.slice(6)];
	const after = slots.seat(moved, span(0, 11), null);
	expect(after.slice(1).map(({ slot }) => slot)).toEqual(before.map(({ slot }) => slot));
	expect(after.map(({ index }) => index)).toEqual(span(0, 11));
	expect(after[6]?.one).toEqual({ id: 6, name: 'Pump' });
});

test('the element of a row that is gone with the focus is nobody else’s', () => {
	const rows = list(10);
	const slots = new Slots();
	const lost = slots.seat(rows, span(0, 10), 4)[3]?.slot;
	const without = [...rows.slice(0, 3), ...rows.slice(4), { id: 11 }];
	const seats = slots.seat(without, span(0, 10), 4);
	expect(seats.map(({ slot }) => slot)).not.toContain(lost);
});

test('places that are not in the list are left out', () => {
	expect(new Slots().seat(list(3), [1, 2, 3, -1], null).map(({ one }) => one.id)).toEqual([2, 3]);
	expect(new Slots().seat([], [0], null)).toEqual([]);
});

test('a row that goes on for its focus alone keeps its element, and no other seat is another for that', () => {
	const rows = list(100);
	const slots = new Slots();
	const before = slots.seat(rows, span(0, 20), 1);
	const isAway = (index: number) => index < 5;
	const after = slots.seat(rows, [0, ...span(5, 25)], 1, isAway);
	expect(after[0]).toEqual({ ...before[0], away: true });
	for (const [at, seat] of before.slice(5).entries()) expect(after[at + 1]).toBe(seat);
});
