// The tabs of a browser share one cookie: whoever signs in or out in one does so in all of them. They tell each other.

export class Tabs {
	/** Undefined where the browser has none; then the cloud's next answer shows who is signed in. */
	private readonly channel =
		typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('handover.session');

	/** Who is signed in now, by number; null for nobody. */
	tell(person: number | null): void {
		this.channel?.postMessage(person);
	}

	listen(heard: (person: number | null) => void): void {
		this.channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
			if (data === null || typeof data === 'number') heard(data);
		});
	}
}
