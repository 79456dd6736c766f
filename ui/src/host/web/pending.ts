// Claims whose answer did not come. They wait in memory alone: a label's code is never written to the browser's
// storage, so the page asks before it is closed while one waits.

import { asHostError, hostError } from '../errors';
import type { Claim, ClaimReply, ErrorCode, PendingClaim } from '../wire';

/** After these, nobody knows whether the cloud acted: the claim is kept, and sent again with the same key. */
const KEPT_AFTER: ReadonlySet<ErrorCode> = new Set([
	'unreachable',
	'timeout',
	'internal',
	'storage_full',
	'unavailable',
	'rate_limited',
	'session_expired',
	'not_a_cloud'
]);

export class PendingClaims {
	private readonly waiting = new Map<string, { claim: Claim; claimer: number; since: number }>();
	/** Who is signed in: nobody else sees, sends or drops a claim. */
	claimer = 0;

	constructor(
		private readonly post: (claim: Claim) => Promise<ClaimReply>,
		private readonly now: () => number
	) {}

	/** Sends the claim; keeps it where no answer came. */
	async send(claim: Claim): Promise<ClaimReply> {
		try {
			const answer = await this.post(claim);
			this.drop(claim.key);
			return answer;
		} catch (thrown) {
			const error = asHostError(thrown);
			if (KEPT_AFTER.has(error.body.code)) this.keep(claim);
			else this.drop(claim.key);
			throw error;
		}
	}

	retry(key: string): Promise<ClaimReply> {
		const kept = this.waiting.get(key);
		if (kept?.claimer !== this.claimer) return Promise.reject(hostError('not_found', 'No such claim waits.'));
		return this.send(kept.claim);
	}

	list(): PendingClaim[] {
		return [...this.waiting.values()]
			.filter(({ claimer }) => claimer === this.claimer)
			.map(({ claim, since }) => ({ key: claim.key, label: maskLabel(claim.text), since }));
	}

	drop(key: string): void {
		this.waiting.delete(key);
		this.warn();
	}

	private keep(claim: Claim): void {
		if (!this.waiting.has(claim.key)) {
			this.waiting.set(claim.key, { claim, claimer: this.claimer, since: this.now() });
		}
		this.warn();
	}

	private warn(): void {
		if (typeof window === 'undefined') return;
		if (this.waiting.size > 0) window.addEventListener('beforeunload', askBeforeLeaving);
		else window.removeEventListener('beforeunload', askBeforeLeaving);
	}
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
	event.preventDefault();
}

/** Enough to tell two labels apart, too little to claim with: the prefix and the last two characters. */
export function maskLabel(text: string): string {
	const code = text.trim();
	const prefix = code.includes('sqr_') ? 'sqr_' : code.slice(0, Math.min(2, code.length));
	return code.length <= 6 ? '…' : `${prefix}…${code.slice(-2)}`;
}
