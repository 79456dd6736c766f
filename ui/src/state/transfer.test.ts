import { expect, it } from 'vitest';

import { HostError, type Host } from '../host';
import type { TransferDevices } from '../host/wire';
import { SessionStore } from './session.svelte';
import { Transfer } from './transfer.svelte';
import { Transfers } from './transfers.svelte';

const DEVICES = Array.from({ length: 250 }, (_, at) => ({ id: at + 1, name: `Sensor ${at + 1}` }));
const NOT_FOUND = { code: 'not_found', message: '' } as const;

/** A cloud that has lost device 7, and answers the calls that are not to fail. */
function transfer(fails: (call: number) => boolean = () => false) {
	const calls: TransferDevices[] = [];
	const organization = (_method: string, _target: string, body: TransferDevices) => {
		calls.push(body);
		if (fails(calls.length)) throw new HostError({ code: 'unreachable', message: '' });
		const outcomes = body.deviceIds.map((deviceId) =>
			deviceId === 7 ? { deviceId, error: NOT_FOUND } : { deviceId }
		);
		const taken = (body.roomTaken ?? 0) + outcomes.filter((one) => !('error' in one)).length;
		return Promise.resolve(body.dryRun ? { outcomes, roomTaken: taken } : { outcomes });
	};
	const host = { organization } as unknown as Host;
	let keys = 0;
	return { calls, it: new Transfer(host, new SessionStore(host), DEVICES, () => `key ${(keys += 1)}`) };
}

it('moves what the preview says, in portions, and takes it back', async () => {
	const { calls, it: moving } = transfer();
	await moving.preview({ newOrgId: 3 });
	expect(moving.phase).toBe('preview');
	expect(moving.kept).toEqual([{ id: 7, name: 'Sensor 7', error: NOT_FOUND }]);
	await moving.move();
	expect(moving.phase).toBe('moved');
	expect(moving.done).toHaveLength(249);
	await moving.undo();
	expect(moving.phase).toBe('undone');
	expect(calls.map(({ deviceIds }) => deviceIds.length)).toEqual([100, 100, 50, 100, 100, 49, 100, 100, 49]);
});

it('tells each portion of a preview what those before would take, and nobody else', async () => {
	const { calls, it: moving } = transfer();
	await moving.preview({ newOrgId: 3 });
	await moving.move();
	const told = calls.map(({ roomTaken }) => roomTaken);
	expect(told).toEqual([undefined, 99, 199, undefined, undefined, undefined]);
});

it('goes on where it failed, under the same key', async () => {
	const { calls, it: moving } = transfer((call) => call === 5);
	await moving.preview({ newOrgId: 3 });
	await moving.move();
	expect([moving.phase, moving.error?.code]).toEqual(['preview', 'unreachable']);
	expect(moving.outcomes).toHaveLength(100);
	await moving.move();
	expect([moving.phase, moving.error]).toEqual(['moved', null]);
	expect(moving.done).toHaveLength(249);
	expect(calls[5]?.key).toBe(calls[4]?.key);
});

it('says which came back without their owner', async () => {
	const outcomes = [{ deviceId: 1 }, { deviceId: 2, ownerLeft: true }];
	const host = { organization: () => Promise.resolve({ outcomes }) } as unknown as Host;
	const moving = new Transfer(host, new SessionStore(host), DEVICES.slice(0, 2), () => 'key');
	await moving.undo();
	expect(moving.done).toEqual([1, 2]);
	expect(moving.ownerless).toEqual([{ id: 2, name: 'Sensor 2' }]);
});

it('stops after the portion that is on its way', async () => {
	const { it: moving } = transfer();
	await moving.preview({ newOrgId: 3 });
	const moved = moving.move();
	moving.stop();
	await moved;
	expect([moving.phase, moving.done.length]).toEqual(['moved', 100]);
});

it('names those that did not move, and goes on with an undo where that was stopped', async () => {
	const { calls, it: moving } = transfer((call) => {
		if (call === 5) moving.stop();
		return false;
	});
	await moving.preview({ newOrgId: 3 });
	await moving.move();
	expect([moving.done.length, moving.rest.length, moving.rest[0]?.name]).toEqual([200, 49, 'Sensor 202']);
	const undone = moving.undo('A mistake');
	expect([moving.busy, moving.done.length, moving.isOver], 'it has only begun').toEqual([true, 0, false]);
	moving.stop();
	await undone;
	expect([moving.halfUndone, moving.done.length, moving.rest.length]).toEqual([true, 100, 100]);
	await moving.undo();
	expect([moving.phase, moving.done.length, moving.rest]).toEqual(['undone', 200, []]);
	expect(calls.slice(-2).map(({ reason }) => reason)).toEqual(['A mistake', 'A mistake']);
});

it('goes on after its sheet is closed, and stays in sight until somebody has read what became of it', async () => {
	const { it: moving } = transfer();
	const transfers = new Transfers(() => Promise.resolve());
	await moving.preview({ newOrgId: 3 });
	await transfers.move(moving);
	const undone = transfers.undo(moving);
	transfers.close(moving);
	await undone;
	expect([moving.phase, transfers.list]).toEqual(['undone', [moving]]);
	transfers.drop(moving);
	expect(transfers.list).toEqual([]);
});
