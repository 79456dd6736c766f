// Which rows of a long list are to be there, by how high each of them is: what was seen is known, what was not is taken for
// what most are. It is asked once a frame while somebody scrolls, so nothing of it goes through all rows unless one of them
// turns out to be higher or lower than it was taken for.

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
	/** Where each row of a list begins, and where the last one ends; what it was reckoned for, and with. */
	private tops = new Float64Array(1);
	private of: readonly number[] = [];
	private usual: number;
	private isStale = true;

	/** `guess` is what a row is taken for before any was seen. */
	constructor(private readonly guess: number) {
		this.usual = guess;
	}

	/** Notes how high a row is; whether that is news, after which other rows may be elsewhere. */
	note(id: number, height: number): boolean {
		const before = this.known.get(id);
		if (before !== undefined && Math.abs(before - height) < 1) return false;
		this.sum += height - (before ?? 0);
		this.known.set(id, height);
		const isNews = Math.abs((before ?? this.usual) - height) >= 1;
		this.isStale ||= isNews;
		return isNews;
	}

	/** Knows nothing any more, since all are of another width. */
	forget(): void {
		this.known.clear();
		this.sum = 0;
		this.isStale = true;
	}

	/** How far a row's upper edge is from the first one's. */
	top(ids: readonly number[], index: number): number {
		return this.reckoned(ids)[index] ?? 0;
	}

	/** The rows between two distances from the upper edge of the first, and some beyond. */
	stretch(ids: readonly number[], from: number, to: number): Stretch {
		const tops = this.reckoned(ids);
		const first = Math.max(0, at(tops, from) - BEYOND);
		const end = Math.min(ids.length, at(tops, to) + 1 + BEYOND);
		const total = tops[ids.length] ?? 0;
		return {
			first,
			end: Math.max(first, end),
			before: tops[first] ?? 0,
			after: total - (tops[end] ?? total)
		};
	}

	private reckoned(ids: readonly number[]): Float64Array {
		if (ids === this.of && !this.isStale) return this.tops;
		if (this.tops.length <= ids.length) this.tops = new Float64Array(2 * ids.length + 1);
		this.usual = this.known.size === 0 ? this.guess : this.sum / this.known.size;
		let top = 0;
		for (const [index, id] of ids.entries()) {
			this.tops[index] = top;
			top += this.known.get(id) ?? this.usual;
		}
		this.tops[ids.length] = top;
		this.tops.fill(Infinity, ids.length + 1);
		this.of = ids;
		this.isStale = false;
		return this.tops;
	}
}

/** The last row that begins at or above a distance; the first one where none does. */
function at(tops: Float64Array, distance: number): number {
	let [low, high] = [0, tops.length];
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((tops[middle] ?? Infinity) > distance) high = middle;
		else low = middle;
	}
	return low;
}
