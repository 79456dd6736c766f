// The time that sentences such as "2 minutes ago" are made with. It ticks only while somebody reads it.

import { createSubscriber } from 'svelte/reactivity';

/** Milliseconds between two ticks: no sentence changes sooner than that. */
const TICK = 30_000;

class Clock {
	private readonly subscribe = createSubscriber((update) => {
		const timer = setInterval(update, TICK);
		return () => clearInterval(timer);
	});

	/** Milliseconds since the epoch. */
	get now(): number {
		this.subscribe();
		return Date.now();
	}
}

export const clock = new Clock();
