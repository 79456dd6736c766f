// Claims that wait for an answer of the cloud. The host keeps them; this shows them.

import type { Host } from '../host';
import type { ClaimReply, ErrorBody, PendingClaim } from '../host/wire';
import type { SessionStore } from './session.svelte';

export class WaitingClaims {
	list = $state.raw<PendingClaim[]>([]);
	/** The key of the claim that is on its way. */
	sending = $state<string | null>(null);

	constructor(
		private readonly host: Host,
		private readonly session: SessionStore
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
	async retry(key: string): Promise<ClaimReply | ErrorBody> {
		this.sending = key;
		try {
			return await this.host.retryClaim(key);
		} catch (thrown) {
			return this.session.watch(thrown);
		} finally {
			this.sending = null;
			await this.refresh();
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
}
