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

/** What a page of a list says that is chosen as a whole. */
export type Answer = Pick<Page<Chosen>, 'content' | 'next' | 'totalElements' | 'totalIsLowerBound'>;

/** How many of all rows were read; `total` is null where nobody has counted them. */
export interface Gathering {
	done: number;
	total: number | null;
}

export class Selection {
	/** Whether the list shows boxes to tick. */
	active = $state(false);
	/** How far it is while all rows are read; nothing is done with those that are chosen until then. */
	gathering = $state.raw<Gathering | null>(null);
	/** Which reading of all rows is the last. */
	private run = 0;
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

	/**
	 * Takes all that a list holds, beyond what was read of it; `ask` reads a page. Nothing is taken where it is stopped
	 * before its end. Rejects with a HostError.
	 */
	async all(ask: (place: Place) => Promise<Answer>): Promise<void> {
		this.run += 1;
		const { run } = this;
		this.gathering = { done: 0, total: null };
		try {
			const found = await this.gather(ask, () => run === this.run);
			if (found) this.chosen = new Map([...this.chosen, ...found]);
		} catch (thrown) {
			// Nobody waits any more for what was stopped.
			if (run === this.run) throw thrown;
		} finally {
			if (run === this.run) this.gathering = null;
		}
	}

	/** The rows of all pages; null where nobody wants them any more. */
	private async gather(
		ask: (place: Place) => Promise<Answer>,
		isWanted: () => boolean
	): Promise<ReadonlyMap<number, string> | null> {
		const found = new Map<number, string>();
		let after: string | undefined;
		for (let page = 0, more = true; more; page += 1) {
			const place = after === undefined ? { page } : { page: 0, after };
			const answer = await ask({ ...place, size: PAGE });
			if (!isWanted()) return null;
			for (const { id, name } of answer.content) found.set(id, name);
			more = answer.content.length === PAGE;
			after = answer.next;
			const total = answer.totalIsLowerBound ? null : answer.totalElements;
			this.gathering = { done: found.size, total };
		}
		return found;
	}

	/** Reads no more of all rows, and leaves chosen what was before. */
	stop(): void {
		this.run += 1;
		this.gathering = null;
	}

	/** These are not chosen any more. */
	drop(ids: Iterable<number>): void {
		const next = new Map(this.chosen);
		for (const id of ids) next.delete(id);
		this.chosen = next;
	}

	/** Nothing is chosen any more; what is chosen next is. */
	clear(): void {
		this.stop();
		this.chosen = new Map();
		this.last = null;
	}

	/** Nothing is chosen, and nothing is to be. */
	end(): void {
		this.clear();
		this.active = false;
	}
}
