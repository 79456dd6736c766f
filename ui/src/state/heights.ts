// Which rows of a long list are to be there, by how high each of them is: what was seen is known, what was not is taken for
// what most are.

/** Rows that a list has before some of them are left out. */
export const WINDOWED_FROM = 100;
/** Rows that are there beyond either end of what is in view, so that neither a fling nor a key comes to nothing. */
const BEYOND = 12;

export interface Stretch {
	/** The first row that is there. */
	first: number;
	/** The row after the last one. */
	end: number;
	/** How high all rows before the first are. */
	before: number;
	/** How high all rows after the last are. */
	after: number;
}

export class Heights {
	private readonly known = new Map<number, number>();
	private sum = 0;

	/** `guess` is what a row is taken for before any was seen. */
	constructor(private readonly guess: number) {}

	/** Notes how high a row is; whether that is news. */
	note(id: number, height: number): boolean {
		const before = this.known.get(id);
		if (before !== undefined && Math.abs(before - height) < 1) return false;
		this.sum += height - (before ?? 0);
		this.known.set(id, height);
		return true;
	}

	/** Knows nothing any more, since all are of another width. */
	forget(): void {
		this.known.clear();
		this.sum = 0;
	}

	private get usual(): number {
		return this.known.size === 0 ? this.guess : this.sum / this.known.size;
	}

	/** How far a row's upper edge is from the first one's. */
	top(ids: readonly number[], index: number): number {
		const { usual } = this;
		let top = 0;
		for (let at = 0; at < index; at += 1) top += this.known.get(ids[at] ?? 0) ?? usual;
		return top;
	}

	/** The rows between two distances from the upper edge of the first, and some beyond. */
	stretch(ids: readonly number[], from: number, to: number): Stretch {
		const { usual } = this;
		const tops: number[] = [0];
		for (const id of ids) tops.push((tops.at(-1) ?? 0) + (this.known.get(id) ?? usual));
		const at = (distance: number) => {
			const found = tops.findIndex((top) => top > distance);
			return found === -1 ? ids.length : Math.max(0, found - 1);
		};
		const first = Math.max(0, Math.min(ids.length, at(from)) - BEYOND);
		const end = Math.min(ids.length, at(to) + 1 + BEYOND);
		const total = tops.at(-1) ?? 0;
		return {
			first,
			end: Math.max(first, end),
			before: tops[first] ?? 0,
			after: total - (tops[end] ?? total)
		};
	}
}
