// What a reload of this tab does not lose. Nothing secret is ever among it: that is the host's to keep.

/** A value of this tab, which ends with it. Where the browser stores nothing, a reload forgets it. */
export class TabValue<Value> {
	constructor(
		private readonly key: string,
		/** Whether what was stored is such a value: another version of this page may have written it. */
		private readonly is: (stored: unknown) => stored is Value
	) {}

	read(): Value | null {
		try {
			const stored: unknown = JSON.parse(sessionStorage.getItem(this.key) ?? 'null');
			return this.is(stored) ? stored : null;
		} catch {
			return null;
		}
	}

	write(value: Value | null): void {
		try {
			if (value === null) sessionStorage.removeItem(this.key);
			else sessionStorage.setItem(this.key, JSON.stringify(value));
		} catch {
			// It holds until the page is closed.
		}
	}
}
