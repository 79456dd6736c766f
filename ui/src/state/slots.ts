// Which element of a list each row has. A row keeps its element for as long as it is there; a row that comes gets the element of
// one that went, so that scrolling makes none. Whoever reads in it or has the focus in it stays with the row, not with a place.

export interface Seat<Row> {
	/** The number of its element. */
	slot: number;
	one: Row;
	index: number;
	/** Whether it is there for its focus alone, beside the others' flow. */
	away: boolean;
}

export class Slots<Row extends { id: number }> {
	private seats = new Map<number, Seat<Row>>();
	/** Numbers of elements that were there once. */
	private spare: number[] = [];
	private made = 0;

	/**
	 * Seats these rows of a list. A seat in which nothing changed is the same object as before: nothing of it is drawn anew.
	 * @param places Which rows of the list, in the order in which they are in the page.
	 * @param focused The row that has the focus. Where it is gone, so is its element: the focus is never on another row unasked.
	 * @param isAway Whether the row of a place is beside the others' flow.
	 */
	seat(
		rows: readonly Row[],
		places: readonly number[],
		focused: number | null,
		isAway: (index: number) => boolean = () => false
	): Seat<Row>[] {
		const coming = new Map<number, { one: Row; index: number }>();
		for (const index of places) {
			const one = rows[index];
			if (one) coming.set(one.id, { one, index });
		}
		const freed: number[] = [];
		for (const [id, { slot }] of this.seats) if (!coming.has(id) && id !== focused) freed.push(slot);
		const next = () => freed.shift() ?? this.spare.pop() ?? this.made++;
		const seats = [...coming].map(([id, { one, index }]) => {
			const before = this.seats.get(id);
			const away = isAway(index);
			if (before?.one === one && before.index === index && before.away === away) return before;
			return { slot: before?.slot ?? next(), one, index, away };
		});
		this.spare.push(...freed);
		// Those who come are seated from the first free element on: where all rows are others, no element moves.
		this.seats = new Map(seats.map((seat) => [seat.one.id, seat]));
		return seats;
	}
}
