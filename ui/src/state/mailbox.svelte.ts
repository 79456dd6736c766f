// The mails of a cloud without a mail server. The list keeps itself current while somebody looks at it.

import type { Host } from '../host';
import type { ErrorBody, MailSummary, Session } from '../host/wire';
import { keepLooking } from './looks';
import { atTheTop, type SessionStore } from './session.svelte';

/** Rows at first, and with each "more". */
const STEP = 50;
/** The most rows that a list asks for. */
const MOST = 1_000;

/** Whether this person's work is to read the cloud's mails: administrators of the topmost organization. */
export function readsMail(session: Session): boolean {
	return session.mailbox && atTheTop(session);
}

export class MailList {
	rows = $state.raw<MailSummary[]>([]);
	total = $state(0);
	/** False until the first answer came. */
	known = $state(false);
	loading = $state(false);
	error = $state.raw<ErrorBody | null>(null);

	private size = STEP;

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
		try {
			const { content, totalElements } = await this.host.mailbox(this.size);
			this.rows = content;
			this.total = totalElements;
			this.known = true;
			this.error = null;
		} catch (thrown) {
			this.error = this.session.watch(thrown);
		} finally {
			this.loading = false;
		}
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
