// A list that the cloud searches and hands out in pages.

import type { ErrorBody, Page } from '../host/wire';
import type { SessionStore } from './session.svelte';

/** Milliseconds after the last key before a search is sent. */
const PAUSE = 250;

export class PagedList<Row extends { id: number }> {
	rows = $state.raw<Row[]>([]);
	total = $state(0);
	/** False until the first answer came. */
	known = $state(false);
	loading = $state(false);
	error = $state.raw<ErrorBody | null>(null);
	search = $state('');

	private pages = 0;
	/** Only the newest question's answer counts. */
	private asked = 0;
	private pause: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly session: SessionStore,
		private readonly ask: (search: string, page: number) => Promise<Page<Row>>
	) {}

	get hasMore(): boolean {
		return this.rows.length < this.total;
	}

	refresh = (): Promise<void> => this.load(0);
	more = (): Promise<void> => this.load(this.pages);

	/** Takes what was typed, and asks once the typing pauses. */
	find(search: string): void {
		this.search = search;
		clearTimeout(this.pause);
		this.pause = setTimeout(() => void this.refresh(), PAUSE);
	}

	private async load(page: number): Promise<void> {
		const question = ++this.asked;
		this.loading = true;
		try {
			const answer = await this.ask(this.search.trim(), page);
			if (question !== this.asked) return;
			const shown = new Set(page === 0 ? [] : this.rows.map(({ id }) => id));
			const fresh = answer.content.filter(({ id }) => !shown.has(id));
			this.rows = page === 0 ? fresh : [...this.rows, ...fresh];
			this.total = answer.totalElements;
			this.pages = page + 1;
			this.known = true;
			this.error = null;
		} catch (thrown) {
			const error = this.session.watch(thrown);
			if (question === this.asked) this.error = error;
		} finally {
			if (question === this.asked) this.loading = false;
		}
	}
}
