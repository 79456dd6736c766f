// The mails of a cloud without a mail server. The list keeps itself current while somebody looks at it.

import type { Host } from '../host';
import type { ErrorBody, MailSummary, Session } from '../host/wire';
import { keepLooking } from './looks';
import { atTheTop, type SessionStore } from './session.svelte';

/** Rows at first, and with each "more". */
const STEP = 50;
/** Milliseconds after the last key before a search is sent. */
const PAUSE = 250;
/** The most rows that a list asks for. */
const MOST = 1_000;

/** Whether this person's work is to read the cloud's mails: administrators of the topmost organization. */
export function readsMail(session: Session): boolean {
	return session.mailbox && atTheTop(session);
}

/** Whether this person hears of mails that do not arrive: the same people, where the cloud has a mail server. */
export function sendsMail(session: Session): boolean {
	return !session.mailbox && atTheTop(session);
}

export class MailList {
	rows = $state.raw<MailSummary[]>([]);
	total = $state(0);
	/** False until the first answer came. */
	known = $state(false);
	loading = $state(false);
	error = $state.raw<ErrorBody | null>(null);

	search = $state('');

	private size = STEP;
	/** What the list that is shown was searched for. */
	private searched = '';
	private pause: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly host: Host,
		private readonly session: SessionStore
	) {}

	get hasMore(): boolean {
		return this.rows.length < Math.min(this.total, MOST);
	}

	/** Never rejects: `error` says what went wrong. */
	async refresh(): Promise<void> {
		if (this.loading) return;
		this.loading = true;
		const searched = this.query;
		try {
			const { content, totalElements } = await this.host.mailbox(this.size, searched);
			this.searched = searched;
			this.rows = content;
			this.total = totalElements;
			this.known = true;
			this.error = null;
		} catch (thrown) {
			this.error = this.session.watch(thrown);
		} finally {
			this.loading = false;
		}
		// What was typed while the answer was on its way.
		if (!this.error && this.query !== this.searched) await this.refresh();
	}

	/** What is searched for. */
	get query(): string {
		return this.search.trim();
	}

	/** Takes what was typed, and asks once the typing pauses. */
	find(search: string): void {
		this.search = search;
		clearTimeout(this.pause);
		if (this.query === this.searched) return;
		this.size = STEP;
		this.pause = setTimeout(() => void this.refresh(), PAUSE);
	}

	async more(): Promise<void> {
		this.size = Math.min(this.size + STEP, MOST);
		await this.refresh();
	}

	/** Looks now, and again and again while the page is visible. Returns what stops it. */
	follow(): () => void {
		return keepLooking(() => void this.refresh());
	}
}
