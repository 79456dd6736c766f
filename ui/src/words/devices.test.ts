import { expect, test } from 'vitest';

import type { Device } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { lastSeen } from './devices';

const NOW = 1_000_000_000;
const device = (state: Device['state'], connectTime: number | null, disconnectTime: number | null) =>
	({ state, connectTime, disconnectTime }) as Device;

test('a device that is connected is seen now, and another one when it was heard', () => {
	expect(lastSeen(device('online', NOW - 5_000, NOW - 90_000_000), NOW)).toBe(m.seen_now());
	expect(lastSeen(device('online', NOW - 5_000, null), NOW)).toBe(m.seen_now());
	const carried = device('online', NOW - 5_000, null);
	expect(lastSeen(carried, NOW, NOW - 180_000)).toBe(m.seen_heard({ when: '3 minutes ago' }));
	expect(lastSeen(device('never_connected', null, null), NOW)).toBe(m.seen_never());
	const gone = lastSeen(device('offline', NOW - 7_200_000, NOW - 3_600_000), NOW);
	expect(gone).not.toBe(m.seen_now());
	expect(gone).not.toBe(lastSeen(device('offline', NOW - 7_200_000, null), NOW));
});
