// A device's state and times, in words.

import type { Device, DeviceState } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { ago } from './dates';
import { known } from './known';

const STATES: Readonly<Record<DeviceState, () => string>> = {
	online: m.state_online,
	offline: m.state_offline,
	never_connected: m.state_never_connected
};

export function stateName(state: DeviceState): string {
	return known(STATES, state, m.unknown_name)();
}

/** When a device was last heard of, as a sentence of its own. */
export function lastSeen({ state, disconnectTime, connectTime }: Device, now: number): string {
	if (state === 'online') return m.seen_now();
	const when = disconnectTime ?? connectTime;
	if (state === 'never_connected' || when === null) return m.seen_never();
	return m.seen_ago({ when: ago(when, now) });
}
