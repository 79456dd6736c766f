// A device's state and times, in words.

import type { Device, DeviceSort, DeviceState } from '../host/wire';
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

const SORTS: Readonly<Record<DeviceSort, () => string>> = {
	newest: m.people_sort_newest,
	oldest: m.batches_sort_oldest,
	name: m.devices_sort_name,
	name_reversed: m.devices_sort_name_reversed,
	recently_seen: m.devices_sort_recently_seen,
	long_unseen: m.devices_sort_long_unseen
};

export const sortName = (sort: DeviceSort): string => known(SORTS, sort, m.unknown_name)();

/** When a device was last heard of, as a sentence of its own; `heard` where it is there without a connection of its own. */
export function lastSeen(
	{ state, disconnectTime, connectTime }: Device,
	now: number,
	heard?: number | undefined
): string {
	if (state === 'online') return heard === undefined ? m.seen_now() : m.seen_heard({ when: ago(heard, now) });
	const when = disconnectTime ?? connectTime;
	if (state === 'never_connected' || when === null) return m.seen_never();
	return m.seen_ago({ when: ago(when, now) });
}
