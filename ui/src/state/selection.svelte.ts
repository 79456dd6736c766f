// What somebody is choosing of a list, to do one thing with all of it. It stays chosen from page to page.

import type { Page } from '../host/wire';

/** A row as far as a list of chosen ones shows it. */
export interface Chosen {
	id: number;
	name: string;
}

/** Where a page of a list is: by its number, or after what the page before it says. */
export interface Place {
	page: number;
	after?: string;
	size: number;
}

/** Rows that are asked for at once. */
const PAGE = 1_000;

export class Selection {
	/** Whether the list shows boxes to tick. */
	active = $state(false);
	/** Names by number. */
	private chosen = $state.raw<ReadonlyMap<number, string>>(new Map());
	/** The row that was chosen or spared last: where a range begins. */
	private last: number | null = null;

	get size(): number {
		return this.chosen.size;
	}

	get rows(): Chosen[] {
		return [...this.chosen].map(([id, name]) => ({ id, name }));
	}

	has(id: number): boolean {
		return this.chosen.has(id);
	}

	/** Chooses a row, or spares it; and with it all rows of `range` from the one before to this one. */
	toggle(row: Chosen, range: readonly Chosen[] = []): void {
		const next = new Map(this.chosen);
		const choose = !next.has(row.id);
		for (const { id, name } of [row, ...this.upTo(row, range)]) {
			if (choose) next.set(id, name);
			else next.delete(id);
		}
		this.chosen = next;
		this.last = row.id;
	}

	/** The rows between the last that was touched and this one; none where that is not among them. */
	private upTo(row: Chosen, range: readonly Chosen[]): readonly Chosen[] {
		const [from, to] = [this.last, row.id].map((wanted) => range.findIndex(({ id }) => id === wanted));
		if (from === undefined || to === undefined || from < 0 || to < 0) return [];
		return range.slice(Math.min(from, to), Math.max(from, to) + 1);
	}

	/** Takes all that a list holds, beyond what was read of it; `ask` reads a page. Rejects with a HostError. */
	async all(ask: (place: Place) => Promise<Pick<Page<Chosen>, 'content' | 'next'>>): Promise<void> {
		const next = new Map(this.chosen);
		let after: string | undefined;
		for (let page = 0, more = true; more; page += 1) {
			const place = after === undefined ? { page } : { page: 0, after };
			const answer = await ask({ ...place, size: PAGE });
			for (const { id, name } of answer.content) next.set(id, name);
			more = answer.content.length === PAGE;
			after = answer.next;
		}
		this.chosen = next;
	}

	/** These are not chosen any more. */
	drop(ids: Iterable<number>): void {
		const next = new Map(this.chosen);
		for (const id of ids) next.delete(id);
		this.chosen = next;
	}

	/** Nothing is chosen any more; what is chosen next is. */
	clear(): void {
		this.chosen = new Map();
		this.last = null;
	}

	/** Nothing is chosen, and nothing is to be. */
	end(): void {
		this.clear();
		this.active = false;
	}
}
