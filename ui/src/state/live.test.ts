import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { HostError } from '../host';
import type { Changes, ErrorCode, Topic } from '../host/wire';
import { Live } from './live';

/** A cloud that is listened to; each time that it is asked is a call. */
function cloud() {
	const calls: { tell: (topics: Topic[]) => void; end: () => void; fail: (code: ErrorCode) => void }[] = [];
	const listen = (told: (changes: Changes) => void, stop: AbortSignal) =>
		new Promise<void>((resolve, reject) => {
			stop.addEventListener('abort', () => resolve());
			calls.push({
				tell: (topics) => told({ topics }),
				end: resolve,
				fail: (code) => reject(new HostError({ code, message: '' }))
			});
		});
	return { calls, live: new Live({ listen }) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells those who show what changed, at once and then together', async () => {
	const { calls, live } = cloud();
	const told: string[] = [];
	const off = live.on('devices', () => told.push('list'));
	live.on('people', () => told.push('people'));
	live.begin();
	calls[0]?.tell(['devices']);
	calls[0]?.tell(['devices', 'audit']);
	calls[0]?.tell(['people', 'devices']);
	expect(told).toEqual(['list']);
	await vi.advanceTimersByTimeAsync(2_000);
	expect(told).toEqual(['list', 'list', 'people']);
	off();
	await vi.advanceTimersByTimeAsync(2_000);
	calls[0]?.tell(['devices']);
	expect(told).toHaveLength(3);
});

it('listens again, later each time, until something is heard', async () => {
	const { calls, live } = cloud();
	live.begin();
	for (const [wait, count] of [
		[1_000, 2],
		[2_000, 3],
		[4_000, 4]
	] as const) {
		calls.at(-1)?.fail('unreachable');
		await vi.advanceTimersByTimeAsync(wait - 1);
		expect(calls).toHaveLength(count - 1);
		await vi.advanceTimersByTimeAsync(1);
		expect(calls).toHaveLength(count);
	}
	calls.at(-1)?.tell(['devices']);
	calls.at(-1)?.end();
	await vi.advanceTimersByTimeAsync(1_000);
	expect(calls).toHaveLength(5);
});

it('ends with the session', async () => {
	const { calls, live } = cloud();
	const told: string[] = [];
	live.on('devices', () => told.push('list'));
	live.begin();
	calls[0]?.fail('session_expired');
	await vi.advanceTimersByTimeAsync(600_000);
	expect(calls).toHaveLength(1);
	live.begin();
	live.end();
	calls[1]?.tell(['devices']);
	await vi.advanceTimersByTimeAsync(600_000);
	expect([calls.length, told]).toEqual([2, []]);
});
