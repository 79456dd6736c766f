// A list that the cloud searches and hands out in pages.

import { untrack } from 'svelte';

import type { ErrorBody, Page } from '../host/wire';
import type { SessionStore } from './session.svelte';

/** Milliseconds after the last key before a search is sent. */
const PAUSE = 250;
/** Pages that are read anew when something changes; what is further down is as it was until somebody asks. */
const RENEWED = 4;

/** What rows are told apart by. */
type Listed = { id: number | string };

export class PagedList<Row extends Listed> {
	rows = $state.raw<Row[]>([]);
	total = $state(0);
	/** Whether a search finds more than the total: the cloud counts so far. */
	countsOn = $state(false);
	/** False until the first answer came. */
	known = $state(false);
	loading = $state(false);
	error = $state.raw<ErrorBody | null>(null);
	search = $state('');

	private pages = 0;
	/** What the last page that was read says about the next one. */
	private next: string | undefined;
	/** Whether the last page that was read had nothing on it. */
	private ended = $state(false);
	/** Only the newest question's answer counts. */
	private asked = 0;
	private pause: ReturnType<typeof setTimeout> | undefined;
	/** What the list that is shown was searched for. */
	searched = '';
	/** Something changed while an answer was on its way, which may be from before that. */
	private stale = false;
	/** Whether what is shown is being read anew. */
	private renewing = false;

	constructor(
		private readonly session: SessionStore,
		/** `next`: what the page before says that this one is asked for with, where it says so. */
		private readonly ask: (search: string, page: number, next?: string) => Promise<Page<Row>>
	) {}

	get hasMore(): boolean {
		return this.rows.length < this.total || (this.countsOn && !this.ended);
	}

	/** Whether there is nothing at all, whatever one would search for. */
	get isEmpty(): boolean {
		return this.known && !this.loading && !this.query && this.rows.length === 0;
	}

	/** What is searched for. */
	get query(): string {
		return this.search.trim();
	}

	/** Reads the list from its start. Never rejects: `error` says what went wrong. */
	refresh = (): Promise<void> => {
		// Whoever reads it anew when a filter changes does not mean each letter of the search, which has its pause.
		this.searched = untrack(() => this.query);
		return this.load(0);
	};

	more = (): Promise<void> => this.load(this.pages);

	/** Shows what was read as it now is, since something changed. Where that fails, what is shown stays. */
	renew = async (): Promise<void> => {
		if (this.loading) this.stale = true;
		if (this.loading || !this.known) return;
		const question = ++this.asked;
		this.renewing = true;
		const some = Array.from({ length: Math.min(this.pages, RENEWED) }, (_, page) => page);
		try {
			const answers = await Promise.all(some.map((page) => this.ask(this.searched, page)));
			if (question !== this.asked) return;
			const fresh = answers.flatMap(({ content }) => content);
			this.rows = once([...fresh, ...(this.pages > RENEWED ? below(fresh, this.rows) : [])]);
			this.count(answers[0]);
			if (this.pages <= RENEWED) this.next = answers.at(-1)?.next;
		} catch (thrown) {
			this.session.watch(thrown);
		} finally {
			if (question === this.asked) this.renewing = false;
		}
	};

	/** Takes what was typed, and asks once the typing pauses. */
	find(search: string): void {
		this.search = search;
		clearTimeout(this.pause);
		if (this.query === this.searched) return;
		this.pause = setTimeout(() => void this.refresh(), PAUSE);
	}

	/** Knows nothing any more. */
	forget(): void {
		this.asked += 1;
		clearTimeout(this.pause);
		this.rows = [];
		this.count(undefined);
		this.known = false;
		this.loading = false;
		this.stale = false;
		this.error = null;
		this.search = '';
		this.searched = '';
	}

	private count(page: Page<Row> | undefined): void {
		this.total = page?.totalElements ?? 0;
		this.countsOn = page?.totalIsLowerBound ?? false;
	}

	private async load(page: number): Promise<void> {
		const question = ++this.asked;
		// What is further down takes the place of what was being read anew above, which then has its turn after it.
		if (this.renewing) this.stale = true;
		this.renewing = false;
		this.loading = true;
		try {
			const answer = await this.ask(this.searched, page, page === 0 ? undefined : this.next);
			if (question !== this.asked) return;
			this.rows = once(page === 0 ? answer.content : [...this.rows, ...answer.content]);
			this.count(answer);
			// A list that says what is next ends with the page that says nothing.
			const says = page > 0 && this.next !== undefined;
			this.ended = answer.content.length === 0 || (says && answer.next === undefined);
			this.next = answer.next;
			this.pages = page + 1;
			this.known = true;
			this.error = null;
		} catch (thrown) {
			const error = this.session.watch(thrown);
			if (question === this.asked) this.error = error;
		} finally {
			if (question === this.asked) this.loaded();
		}
	}

	private loaded(): void {
		this.loading = false;
		if (!this.stale) return;
		this.stale = false;
		void this.renew();
	}
}

/** What was shown below the last of the fresh rows; that one may be new, too. */
function below<Row extends Listed>(fresh: readonly Row[], shown: readonly Row[]): readonly Row[] {
	const last = shown.findIndex(({ id }) => id === fresh.at(-1)?.id);
	return shown.slice(last === -1 ? fresh.length : last + 1);
}

/** A row that moved down between two pages is shown once. */
function once<Row extends Listed>(rows: readonly Row[]): Row[] {
	return [...new Map(rows.toReversed().map((row) => [row.id, row])).values()].toReversed();
}
