// What would be lost, or would stop half-way, if the page went now. While there is any, the browser asks before it goes.

const held = new Set<unknown>();

/** From now on the browser asks, because of this. */
export function askBeforeLeaving(reason: unknown): void {
	held.add(reason);
	if (typeof window !== 'undefined') window.addEventListener('beforeunload', ask);
}

/** Because of this it asks no more. */
export function leaveFreely(reason: unknown): void {
	held.delete(reason);
	if (held.size === 0 && typeof window !== 'undefined') window.removeEventListener('beforeunload', ask);
}

/** Does what the page has to be there for until its end. */
export async function staying<T>(work: () => Promise<T>): Promise<T> {
	const reason = Symbol('work');
	askBeforeLeaving(reason);
	try {
		return await work();
	} finally {
		leaveFreely(reason);
	}
}

function ask(event: BeforeUnloadEvent): void {
	event.preventDefault();
}
