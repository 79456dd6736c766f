import { expect, it } from 'vitest';

import { hostError } from '../errors';
import type { ErrorCode } from '../wire';
import { LabelReader } from './labels';

const CODE = `sqr_${'Ab-_'.repeat(8)}`;

/** What is said of a text by a cloud that fails this way. */
const said = (text: string, code: ErrorCode = 'unreachable') =>
	new LabelReader({ explain: () => Promise.reject(hostError(code, '')) }).explain(text);

it.each([
	[CODE, { token: 'sqr_…-_' }],
	[`https://cloud.example:8443/claim#${CODE}`, { cloud: 'cloud.example:8443', token: 'sqr_…-_' }]
])('knows %s without the cloud', async (text, identity) => {
	expect(await said(text)).toMatchObject([{ advice: 'claim_now', identity }]);
});

it.each([
	`${CODE}x`,
	`${CODE}+1`,
	`https://name@cloud.example/claim#${CODE}`,
	`https://cloud.example/other/claim#${CODE}`,
	'490154203237518',
	''
])('leaves %s to the cloud', async (text) => {
	await expect(said(text)).rejects.toMatchObject({ body: { code: 'unreachable' } });
});

it('takes a no for a no', async () => {
	await expect(said(CODE, 'invalid_request')).rejects.toMatchObject({ body: { code: 'invalid_request' } });
});
