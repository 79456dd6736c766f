import { expect, it } from 'vitest';

import { hostError } from '../errors';
import type { Claim, ClaimAnswer, ErrorCode } from '../wire';
import { KEPT_FOR } from './kept';
import { maskLabel, PendingClaims } from './pending';
import { storage } from './testing';

const TOKEN = 'sqr_AbCdEfGhIjKlMnOpQrStUvWxYz012345';
const CLAIM: Claim = { key: 'key-1', text: TOKEN };
const ANSWER = { outcome: 'claimed', name: 'Soil sensor 7' } as ClaimAnswer;

/** A cloud that gives these answers, one after another, and writes down the keys that it was sent. */
function cloud(...answers: (ClaimAnswer | ErrorCode)[]) {
	const keys: string[] = [];
	const post = async ({ key }: Claim): Promise<ClaimAnswer> => {
		keys.push(key);
		const answer = answers.shift() ?? 'internal';
		if (typeof answer === 'string') throw hostError(answer, answer);
		return answer;
	};
	return { post, keys };
}

it('keeps a claim whose answer did not come, and sends it again with the same key', async () => {
	const { post, keys } = cloud('unreachable', 'timeout', ANSWER);
	const pending = new PendingClaims(post, storage(), () => 42);
	await expect(pending.send(CLAIM)).rejects.toMatchObject({ body: { code: 'unreachable' } });
	expect(pending.list()).toEqual([{ key: 'key-1', label: 'sqr_…45', since: 42 }]);
	await expect(pending.retry('key-1')).rejects.toMatchObject({ body: { code: 'timeout' } });
	expect(await pending.retry('key-1')).toBe(ANSWER);
	expect(pending.list()).toEqual([]);
	expect(keys).toEqual(['key-1', 'key-1', 'key-1']);
});

it.each<ErrorCode>(['not_claimable', 'proof_required', 'invalid_request', 'rate_limited'])(
	'drops a claim that was answered %s',
	async (code) => {
		const pending = new PendingClaims(cloud(code).post, storage(), () => 0);
		await expect(pending.send(CLAIM)).rejects.toMatchObject({ body: { code } });
		expect(pending.list()).toEqual([]);
	}
);

it('shows a claim to nobody but the person who made it', async () => {
	const pending = new PendingClaims(cloud('unreachable', ANSWER).post, storage(), () => 0);
	pending.claimer = 1;
	await expect(pending.send(CLAIM)).rejects.toThrow();
	pending.claimer = 2;
	expect(pending.list()).toEqual([]);
	await expect(pending.retry('key-1')).rejects.toMatchObject({ body: { code: 'not_found' } });
	pending.claimer = 1;
	expect(pending.list()).toHaveLength(1);
});

it('keeps it through a reload and for other tabs, for a day, and leaves nothing behind', async () => {
	const store = storage();
	const later = (hours: number) => new PendingClaims(cloud(ANSWER).post, store, () => hours * 3_600_000);
	await expect(new PendingClaims(cloud('timeout').post, store, () => 0).send(CLAIM)).rejects.toThrow();
	expect([0, 23].map((hours) => later(hours).list().length)).toEqual([1, 1]);
	expect(await later(1).retry('key-1')).toBe(ANSWER);
	expect(store.held.size).toBe(0);
	await expect(new PendingClaims(cloud('timeout').post, store, () => 0).send(CLAIM)).rejects.toThrow();
	expect(new PendingClaims(cloud().post, store, () => KEPT_FOR).list()).toEqual([]);
	expect(store.held.size).toBe(0);
});

it('goes on waiting where it is told that this was too often', async () => {
	const pending = new PendingClaims(cloud('unreachable', 'rate_limited', ANSWER).post, storage(), () => 0);
	await expect(pending.send(CLAIM)).rejects.toThrow();
	await expect(pending.retry('key-1')).rejects.toMatchObject({ body: { code: 'rate_limited' } });
	expect(await pending.retry('key-1')).toBe(ANSWER);
});

it('is whose claim it was, whoever is signed in when the silence ends', async () => {
	let fail: (error: unknown) => void = () => undefined;
	const post = () => new Promise<ClaimAnswer>((_, reject) => (fail = reject));
	const pending = new PendingClaims(post, storage(), () => 0);
	pending.claimer = 1;
	const sent = pending.send(CLAIM);
	pending.claimer = 2;
	fail(hostError('session_expired', 'over'));
	await expect(sent).rejects.toThrow();
	expect(pending.list()).toEqual([]);
	pending.claimer = 1;
	expect(pending.list()).toHaveLength(1);
	pending.dropOwn();
	expect(pending.list()).toEqual([]);
});

it('keeps what no browser stores in memory', async () => {
	const none = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
	const pending = new PendingClaims(cloud('unreachable', ANSWER).post, none, () => 0);
	await expect(pending.send(CLAIM)).rejects.toThrow();
	expect(pending.list()).toHaveLength(1);
	expect(await pending.retry('key-1')).toBe(ANSWER);
	expect(pending.list()).toEqual([]);
});

it.each([
	[TOKEN, 'sqr_…45'],
	[`https://cloud.example/claim#${TOKEN}`, 'sqr_…45'],
	['AbCdEfGhIjKlMnOpQrStUvWxYz012345', 'Ab…45'],
	['short', '…']
])('masks %s', (text, masked) => expect(maskLabel(text)).toBe(masked));
