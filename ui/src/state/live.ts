// What changes while a page is open: the cloud names where it can be seen, and whoever shows that asks anew.

import { asHostError } from '../host/errors';
import type { Host } from '../host';
import type { Topic } from '../host/wire';

/** Milliseconds between two rounds of asking anew, however much changes. */
const AT_MOST_EVERY = 2_000;
/** Milliseconds until listening is tried again: the first time, and the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

type Told = () => void;

/** Waits, or until it is stopped. */
function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, milliseconds);
		stop.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}

export class Live {
	private readonly shown = new Map<Told, Topic>();
	private readonly waiting = new Set<Topic>();
	private timer: ReturnType<typeof setTimeout> | undefined;
	private stop: AbortController | undefined;
	/** Hears that the cloud can be reached, again or for the first time. */
	onback: Told = () => undefined;

	constructor(private readonly host: Pick<Host, 'listen'>) {}

	/** Calls each time that something changes which can be seen in this; gives what ends that. */
	on(topic: Topic, told: Told): () => void {
		this.shown.set(told, topic);
		return () => void this.shown.delete(told);
	}

	/** Listens until `end`, whatever breaks on the way. */
	begin(): void {
		this.end();
		this.stop = new AbortController();
		void this.listen(this.stop.signal);
	}

	end(): void {
		this.stop?.abort();
		clearTimeout(this.timer);
		this.timer = undefined;
		this.waiting.clear();
	}

	private async listen(stop: AbortSignal): Promise<void> {
		let next = FIRST_PAUSE;
		while (!stop.aborted) {
			let isBack = false;
			try {
				await this.host.listen(({ topics }) => {
					next = FIRST_PAUSE;
					if (stop.aborted) return;
					if (!isBack) this.onback();
					isBack = true;
					this.hear(topics);
				}, stop);
			} catch (thrown) {
				// Whoever has to sign in again is told so by the next call that they wait for.
				if (asHostError(thrown).body.code === 'session_expired') return;
			}
			await pause(next, stop);
			next = Math.min(2 * next, LONGEST_PAUSE);
		}
	}

	private hear(topics: readonly Topic[]): void {
		for (const topic of topics) this.waiting.add(topic);
		if (this.timer === undefined) this.tell();
	}

	/** At once, and then not for a while: what changes meanwhile is told together. */
	private tell(): void {
		this.timer = undefined;
		if (this.waiting.size === 0) return;
		const topics = new Set(this.waiting);
		this.waiting.clear();
		for (const [told, topic] of this.shown) if (topics.has(topic)) told();
		this.timer = setTimeout(() => this.tell(), AT_MOST_EVERY);
	}
}
