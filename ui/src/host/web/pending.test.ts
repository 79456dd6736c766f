import { expect, it } from 'vitest';

import { hostError } from '../errors';
import type { Claim, ClaimAnswer, ErrorCode } from '../wire';
import { maskLabel, PendingClaims } from './pending';

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
	const pending = new PendingClaims(post, () => 42);
	await expect(pending.send(CLAIM)).rejects.toMatchObject({ body: { code: 'unreachable' } });
	expect(pending.list()).toEqual([{ key: 'key-1', label: 'sqr_…45', since: 42 }]);
	await expect(pending.retry('key-1')).rejects.toMatchObject({ body: { code: 'timeout' } });
	expect(await pending.retry('key-1')).toBe(ANSWER);
	expect(pending.list()).toEqual([]);
	expect(keys).toEqual(['key-1', 'key-1', 'key-1']);
});

it.each<ErrorCode>(['not_claimable', 'proof_required', 'invalid_request'])(
	'drops a claim that was answered %s',
	async (code) => {
		const pending = new PendingClaims(cloud(code).post, () => 0);
		await expect(pending.send(CLAIM)).rejects.toMatchObject({ body: { code } });
		expect(pending.list()).toEqual([]);
	}
);

it('shows a claim to nobody but the person who made it', async () => {
	const pending = new PendingClaims(cloud('unreachable', ANSWER).post, () => 0);
	pending.claimer = 1;
	await expect(pending.send(CLAIM)).rejects.toThrow();
	pending.claimer = 2;
	expect(pending.list()).toEqual([]);
	await expect(pending.retry('key-1')).rejects.toMatchObject({ body: { code: 'not_found' } });
	pending.claimer = 1;
	expect(pending.list()).toHaveLength(1);
});

it.each([
	[TOKEN, 'sqr_…45'],
	[`https://cloud.example/claim#${TOKEN}`, 'sqr_…45'],
	['AbCdEfGhIjKlMnOpQrStUvWxYz012345', 'Ab…45'],
	['short', '…']
])('masks %s', (text, masked) => expect(maskLabel(text)).toBe(masked));
