// Claims that wait for an answer of the cloud. The host keeps them; this shows them, and sends them again.

import type { Host } from '../host';
import type { ClaimReply, Device, ErrorBody, PendingClaim } from '../host/wire';
import type { SessionStore } from './session.svelte';

/** What came of sending one again. */
export interface Retried {
	key: string;
	result: ClaimReply | ErrorBody;
	/** Whether it goes on waiting. */
	kept: boolean;
}

/** Tells an answer from the error that came in its place. */
export function isAnswer(result: ClaimReply | ErrorBody): result is ClaimReply {
	return 'outcome' in result;
}

export class WaitingClaims {
	list = $state.raw<PendingClaim[]>([]);
	/** The key of the claim that is on its way. */
	sending = $state<string | null>(null);
	/** What came of the last that was sent again. */
	last = $state.raw<Retried | null>(null);
	private readonly underWay = new Map<string, Promise<ClaimReply | ErrorBody>>();

	constructor(
		private readonly host: Host,
		private readonly session: SessionStore,
		/** Hears of a device that was added. */
		private readonly onadded: (device: Device) => void = () => undefined
	) {}

	has(key: string): boolean {
		return this.list.some((claim) => claim.key === key);
	}

	async refresh(): Promise<void> {
		try {
			this.list = await this.host.pendingClaims();
		} catch (thrown) {
			this.session.watch(thrown);
		}
	}

	/** Sends one again with its key. */
	retry(key: string): Promise<ClaimReply | ErrorBody> {
		const known = this.underWay.get(key);
		if (known) return known;
		const sent = this.send(key).finally(() => this.underWay.delete(key));
		this.underWay.set(key, sent);
		return sent;
	}

	/** Sends all of them again, since the cloud can be reached, until one of them gets no answer. */
	async sendAll(): Promise<void> {
		await this.refresh();
		for (const { key } of this.list) {
			if (!this.session.current) return;
			await this.retry(key);
			if (this.has(key)) return;
		}
	}

	async drop(key: string): Promise<void> {
		try {
			await this.host.dropClaim(key);
		} catch (thrown) {
			this.session.watch(thrown);
		}
		await this.refresh();
	}

	forget(): void {
		this.list = [];
		this.last = null;
	}

	private async send(key: string): Promise<ClaimReply | ErrorBody> {
		this.sending = key;
		let result: ClaimReply | ErrorBody;
		try {
			result = await this.host.retryClaim(key);
			if (result.outcome === 'claimed' || result.outcome === 'already_yours') this.onadded(result);
		} catch (thrown) {
			result = this.session.watch(thrown);
		}
		this.sending = null;
		await this.refresh();
		this.last = { key, result, kept: this.has(key) };
		return result;
	}
}
