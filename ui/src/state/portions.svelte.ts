// Many things of which one call takes some: how far it is, stopped between two calls, and gone on with after one that failed.

import { staying } from '../host/leaving';
import type { ErrorBody } from '../host/wire';
import type { SessionStore } from './session.svelte';

interface Portion {
	ids: number[];
	/** The same for each try. */
	key: string;
}

export class Portions {
	busy = $state(false);
	/** What stopped all of it; what is done by then is done. */
	error = $state.raw<ErrorBody | null>(null);
	/** How many there were to send when it began. */
	total = $state(0);
	/** How many of them were answered. */
	sent = $state(0);

	private waiting: Portion[] = [];
	private stopped = false;

	constructor(
		private readonly session: SessionStore,
		private readonly newKey: () => string
	) {}

	/** Whether something failed before all was sent. */
	get hasRest(): boolean {
		return this.waiting.length > 0;
	}

	/** Takes these, so many in a call. */
	begin(ids: readonly number[], size: number): void {
		this.total = ids.length;
		this.sent = 0;
		this.waiting = [];
		for (let at = 0; at < ids.length; at += size) {
			this.waiting.push({ ids: ids.slice(at, at + size), key: this.newKey() });
		}
	}

	/** Ends after the portion that is on its way. */
	stop(): void {
		this.stopped = true;
	}

	/** Sends what waits, one portion after another. Whether all that waited was answered, or somebody stopped it. */
	send(call: (ids: number[], key: string) => Promise<void>): Promise<boolean> {
		return staying(() => this.sendWaiting(call));
	}

	private async sendWaiting(call: (ids: number[], key: string) => Promise<void>): Promise<boolean> {
		this.busy = true;
		this.error = null;
		this.stopped = false;
		try {
			for (let portion = this.waiting[0]; portion && !this.stopped; portion = this.waiting[0]) {
				await call(portion.ids, portion.key);
				this.sent += portion.ids.length;
				this.waiting.shift();
			}
			this.waiting = [];
			return true;
		} catch (thrown) {
			this.error = this.session.watch(thrown);
			return false;
		} finally {
			this.busy = false;
		}
	}
}
