// A label that a link brought, until it is decided about. In its own tab a reload must not lose it; and where somebody
// asks for an account with it in hand, the mailed link opens in another tab. Such a label is a secret that claims: it is
// written for other tabs only when a mail is asked for, forgotten when it is taken, and worthless to the page after a day.

const KEY = 'handover.label';
/** Milliseconds that a label is kept. */
export const KEPT_FOR = 24 * 60 * 60 * 1000;

export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** What a browser stores for this page; one that is told to store nothing refuses even to be asked. */
export function storage(kind: 'localStorage' | 'sessionStorage'): Store {
	try {
		return globalThis[kind];
	} catch {
		return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
	}
}

export class KeptLabel {
	constructor(
		private readonly store: Store,
		private readonly now: () => number
	) {
		// An old one goes as soon as the console is opened, whoever opens it.
		if (this.look() === null) this.forget();
	}

	keep(text: string): void {
		try {
			this.store.setItem(KEY, JSON.stringify({ text, until: this.now() + KEPT_FOR }));
		} catch {
			// A browser that stores nothing: the label has to be opened once more.
		}
	}

	/** The label, once. */
	take(): string | null {
		const text = this.look();
		this.forget();
		return text;
	}

	/** The label, which stays. */
	look(): string | null {
		try {
			const { text, until } = JSON.parse(this.store.getItem(KEY) ?? '{}') as Record<string, unknown>;
			if (typeof text !== 'string' || typeof until !== 'number') return null;
			const left = until - this.now();
			return left > 0 && left <= KEPT_FOR ? text : null;
		} catch {
			return null;
		}
	}

	forget(): void {
		try {
			this.store.removeItem(KEY);
		} catch {
			// What stores nothing has nothing to forget.
		}
	}
}
