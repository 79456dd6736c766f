// Claims whose answer did not come. What a label says claims, so they are kept as little as can be: in this browser's
// storage, through a reload or a new sign-in, until they are answered, dropped or a day old, and their person's alone.

import { asHostError, hostError } from '../errors';
import { askBeforeLeaving, leaveFreely } from '../leaving';
import type { Claim, ClaimReply, ErrorCode, PendingClaim } from '../wire';
import { KEPT_FOR, type Store } from './kept';

const KEY = 'handover.claims';

/** After these, nobody knows whether the cloud acted: the claim is kept, and sent again with the same key. */
const KEPT_AFTER: ReadonlySet<ErrorCode> = new Set([
	'unreachable',
	'timeout',
	'internal',
	'storage_full',
	'unavailable',
	'session_expired',
	'not_a_cloud'
]);

interface Waiting {
	claim: Claim;
	claimer: number;
	since: number;
}

export class PendingClaims {
	/** What the browser refused to store; the page asks before it is closed while there is any. */
	private readonly unstored = new Map<string, Waiting>();
	/** Who is signed in: nobody else sees, sends or drops a claim. */
	claimer = 0;

	constructor(
		private readonly post: (claim: Claim) => Promise<ClaimReply>,
		private readonly store: Store,
		private readonly now: () => number
	) {
		// Old ones go as soon as the console is opened, whoever opens it.
		this.write(this.stored());
	}

	/** Sends the claim; keeps it where no answer came. */
	async send(claim: Claim): Promise<ClaimReply> {
		// The answer may come once somebody else is signed in.
		const { claimer } = this;
		try {
			const answer = await this.post(claim);
			this.forget(claim.key);
			return answer;
		} catch (thrown) {
			const error = asHostError(thrown);
			const { code } = error.body;
			if (KEPT_AFTER.has(code)) this.keep({ claim, claimer, since: this.now() });
			// "Too often" is an answer, and nothing was done. What waits already goes on waiting.
			else if (code !== 'rate_limited') this.forget(claim.key);
			throw error;
		}
	}

	retry(key: string): Promise<ClaimReply> {
		const kept = this.own().find(({ claim }) => claim.key === key);
		return kept ? this.send(kept.claim) : Promise.reject(hostError('not_found', 'No such claim waits.'));
	}

	list(): PendingClaim[] {
		return this.own().map(({ claim, since }) => ({ key: claim.key, label: maskLabel(claim.text), since }));
	}

	drop(key: string): void {
		if (this.own().some(({ claim }) => claim.key === key)) this.forget(key);
	}

	/** Whoever signs out leaves no label behind. */
	dropOwn(): void {
		for (const { claim } of this.own()) this.forget(claim.key);
	}

	private own(): Waiting[] {
		return [...this.stored(), ...this.unstored.values()].filter(({ claimer }) => claimer === this.claimer);
	}

	private forget(key: string): void {
		this.unstored.delete(key);
		const stored = this.stored();
		const left = stored.filter(({ claim }) => claim.key !== key);
		if (left.length < stored.length) this.write(left);
		this.warn();
	}

	private keep(waiting: Waiting): void {
		const { key } = waiting.claim;
		const stored = this.stored();
		if (this.unstored.has(key) || stored.some(({ claim }) => claim.key === key)) return;
		if (!this.write([...stored, waiting])) this.unstored.set(key, waiting);
		this.warn();
	}

	/** What other tabs have kept, too. */
	private stored(): Waiting[] {
		try {
			const stored: unknown = JSON.parse(this.store.getItem(KEY) ?? '[]');
			return Array.isArray(stored) ? stored.filter(isWaiting).filter((one) => this.isFresh(one)) : [];
		} catch {
			return [];
		}
	}

	private isFresh({ since }: Waiting): boolean {
		const age = this.now() - since;
		return age >= 0 && age < KEPT_FOR;
	}

	/** Whether the browser has stored them: one that throws them away does not say so. */
	private write(waiting: readonly Waiting[]): boolean {
		try {
			if (waiting.length === 0) this.store.removeItem(KEY);
			else this.store.setItem(KEY, JSON.stringify(waiting));
			return waiting.length === 0 || this.store.getItem(KEY) !== null;
		} catch {
			return false;
		}
	}

	private warn(): void {
		if (this.unstored.size > 0) askBeforeLeaving(this);
		else leaveFreely(this);
	}
}

function isWaiting(value: unknown): value is Waiting {
	const { claim, claimer, since } = (value ?? {}) as Record<string, unknown>;
	const { key, text } = (claim ?? {}) as Record<string, unknown>;
	return (
		[key, text].every((part) => typeof part === 'string') &&
		Number.isFinite(claimer) &&
		Number.isFinite(since)
	);
}

/** Enough to tell two labels apart, too little to claim with: the prefix and the last two characters. */
export function maskLabel(text: string): string {
	const code = text.trim();
	const prefix = code.includes('sqr_') ? 'sqr_' : code.slice(0, Math.min(2, code.length));
	return code.length <= 6 ? '…' : `${prefix}…${code.slice(-2)}`;
}
