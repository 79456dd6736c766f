import { describe, expect, it } from 'vitest';

import type { Advice, ClaimAnswer, ErrorBody, FoundCode, PendingAnswer, Reading } from '../host/wire';
import {
	FORGET,
	next,
	start,
	STEADY,
	type Doubt,
	type OnBehalf,
	type Proof,
	type ScanEvent,
	type ScanState
} from './machine';

const SQUARE: FoundCode['corners'] = [
	[0, 0],
	[10, 0],
	[10, 10],
	[0, 10]
];

function reading(advice: Advice, cloud?: string): Reading {
	const identity = cloud === undefined ? {} : { cloud };
	return { format: 'text', valid: null, claimable: false, identity, reason: '', advice };
}

function code(text: string, advice: Advice, cloud?: string): FoundCode {
	return { text, corners: SQUARE, readings: [reading(advice, cloud)] };
}

const SERVER = 'https://cloud.example/';

const answer = { outcome: 'claimed', name: 'Soil sensor 7' } as ClaimAnswer;
const offline: ErrorBody = { code: 'unreachable', message: '' };

/** Runs the events and returns where they lead, and every claim that was sent on the way. */
function run(
	events: readonly ScanEvent[],
	claimsFor: OnBehalf | null = null
): { state: ScanState; sent: string[] } {
	let keys = 0;
	let state = start();
	const sent: string[] = [];
	for (const event of events) {
		const step = next(state, event, { newKey: () => `key-${++keys}`, server: SERVER, claimsFor });
		state = step.state;
		if (step.effect?.kind === 'claim') sent.push(`new ${step.effect.claim.key}`);
		if (step.effect?.kind === 'again') sent.push(`again ${step.effect.key}`);
	}
	return { state, sent };
}

function check(name: string, events: readonly ScanEvent[], step: ScanState['step'], sent: readonly string[]) {
	it(name, () => {
		const result = run(events);
		expect(result.state.step).toBe(step);
		expect(result.sent).toEqual(sent);
	});
}

const seen = (now: number, ...codes: FoundCode[]): ScanEvent => ({ kind: 'seen', codes, now });
const ours = code('sqr_a', 'claim_now');
const foreign = code('MT:X', 'scan_another');
const maybe = code('0123', 'ask_first');
const here = code('https://cloud.example/claim#sqr_a', 'claim_now', 'cloud.example');
const elsewhere = code('https://other.example/claim#sqr_a', 'claim_now', 'other.example');
const confirmed: ScanEvent = { kind: 'confirmed' };

/** The same label, typed by a person or brought by a link. */
const brought = (kind: 'read' | 'arrived', { text, readings }: FoundCode): ScanEvent => ({
	kind,
	text,
	readings
});

describe('a scan', () => {
	check('claims a label of ours at first sight', [seen(0, ours)], 'claiming', ['new key-1']);
	check('claims once, however often it is seen', [seen(0, ours), seen(10, ours)], 'claiming', ['new key-1']);
	check('prefers a label of ours to anything beside it', [seen(0, foreign, ours)], 'claiming', ['new key-1']);
	check('says nothing about a passing foreign code', [seen(0, foreign), seen(100)], 'looking', []);
	check('explains a foreign code that stays', [seen(0, foreign), seen(STEADY, foreign)], 'explaining', []);
	check('asks before it claims what may be a label', [seen(0, maybe), seen(STEADY, maybe)], 'asking', []);
	check('claims after the tap', [seen(0, maybe), seen(STEADY, maybe), { kind: 'confirmed' }], 'claiming', [
		'new key-1'
	]);
	check(
		'starts the wait anew with another code',
		[seen(0, foreign), seen(600, maybe), seen(800, maybe)],
		'looking',
		[]
	);
	check('shows the answer', [seen(0, ours), { kind: 'answered', answer }], 'claimed', ['new key-1']);
	check(
		'does not claim the label again that still lies there',
		[
			seen(0, ours),
			{ kind: 'answered', answer },
			{ kind: 'dismissed' },
			seen(50, ours),
			seen(90),
			seen(95, ours)
		],
		'looking',
		['new key-1']
	);
	check(
		'takes a label as new once it was away for a while',
		[
			seen(0, ours),
			{ kind: 'answered', answer },
			{ kind: 'dismissed' },
			seen(100),
			seen(100 + FORGET),
			seen(200 + FORGET, ours)
		],
		'claiming',
		['new key-1', 'new key-2']
	);
	check(
		'does not claim the label again after another one was spoken of',
		[
			seen(0, ours),
			{ kind: 'answered', answer },
			{ kind: 'dismissed' },
			{ kind: 'picture', codes: [foreign] },
			{ kind: 'dismissed' },
			seen(50, ours)
		],
		'looking',
		['new key-1']
	);
	check(
		'sends a kept claim again with the same key',
		[seen(0, ours), { kind: 'refused', error: offline, kept: true }, { kind: 'retried' }],
		'claiming',
		['new key-1', 'again key-1']
	);
	check(
		'tries a refused claim as a new one, since a refusal is kept under its key',
		[seen(0, ours), { kind: 'refused', error: offline, kept: false }, { kind: 'retried' }],
		'claiming',
		['new key-1', 'new key-2']
	);
	check('cannot be left while a claim is on its way', [seen(0, ours), { kind: 'dismissed' }], 'claiming', [
		'new key-1'
	]);
	check('says that a picture has no code', [{ kind: 'picture', codes: [] }], 'unread', []);
	check('claims from a picture', [{ kind: 'picture', codes: [foreign, ours] }], 'claiming', ['new key-1']);
	check('explains a code in a picture at once', [{ kind: 'picture', codes: [foreign] }], 'explaining', []);
	check(
		'claims a typed code',
		[{ kind: 'read', text: 'sqr_a', readings: [reading('claim_now')] }],
		'claiming',
		['new key-1']
	);
	check(
		'explains a mistyped code',
		[{ kind: 'read', text: 'sqr', readings: [reading('check_typing')] }],
		'explaining',
		[]
	);
	check('ignores an answer that nobody waits for', [{ kind: 'answered', answer }], 'looking', []);
	check(
		'ignores what the camera sees while a sheet is up',
		[{ kind: 'picture', codes: [foreign] }, seen(0, ours)],
		'explaining',
		[]
	);
});

describe('a number of a device', () => {
	const named = code('SN-1', 'needs_proof');
	const sight = [seen(0, named), seen(STEADY, named)];
	const proof = (given: Proof): ScanEvent => ({ kind: 'proved', proof: given });
	const wrong: ErrorBody = { code: 'not_claimable', message: '' };
	const pending: PendingAnswer = { outcome: 'pending_approval', until: 1 };

	check('is asked about, and claims nothing by itself', sight, 'proving', []);
	check('is claimed with its proof', [...sight, proof({ claimCode: 'ABCD-EFGH' })], 'claiming', [
		'new key-1'
	]);
	check(
		'is explained where support is asked',
		[...sight, proof({ askApproval: true }), { kind: 'answered', answer: pending }],
		'asked',
		['new key-1']
	);
	it('tells support why, the second time as well', () => {
		const asks = [...sight, proof({ askApproval: true, reason: 'It fell off' })];
		const again: ScanEvent[] = [{ kind: 'refused', error: wrong, kept: false }, { kind: 'retried' }];
		for (const events of [asks, [...asks, ...again]])
			expect(run(events).state).toMatchObject({ claim: { askApproval: true, reason: 'It fell off' } });
	});
	const press: PendingAnswer = { outcome: 'pending_presence', until: 1_000 };
	const waits = [...sight, proof({ presence: true }), { kind: 'answered', answer: press } as const];
	check('waits for its button', waits, 'pressing', ['new key-1']);
	check(
		'is sent again with its key until the button was pressed',
		[...waits, { kind: 'waited', now: 500 }, { kind: 'answered', answer }],
		'claimed',
		['new key-1', 'new key-1']
	);
	check('waits no longer than it may', [...waits, { kind: 'waited', now: 1_000 }], 'unpressed', [
		'new key-1'
	]);
	check(
		'takes another proof where no button was pressed',
		[...waits, { kind: 'waited', now: 1_000 }, { kind: 'corrected' }],
		'proving',
		['new key-1']
	);
	check('is given up while it waits', [...waits, { kind: 'dismissed' }], 'looking', ['new key-1']);
	check(
		'takes another proof after a wrong one',
		[
			...sight,
			proof({ claimCode: 'ABCD-EFGH' }),
			{ kind: 'refused', error: wrong, kept: false },
			{ kind: 'corrected' },
			proof({ claimCode: 'ABCD-EFGJ' })
		],
		'claiming',
		['new key-1', 'new key-2']
	);
	check(
		'keeps the proof of a claim that waits',
		[
			...sight,
			proof({ claimCode: 'ABCD-EFGH' }),
			{ kind: 'refused', error: offline, kept: true },
			{ kind: 'corrected' }
		],
		'failed',
		['new key-1']
	);
	check(
		'is forgotten after a no',
		[...sight, { kind: 'dismissed' }, seen(STEADY + 50, named)],
		'looking',
		[]
	);
	it('is claimed with the very proof that was given', () => {
		const { state } = run([...sight, proof({ claimCode: 'ABCD-EFGH' })]);
		expect(state).toMatchObject({ claim: { key: 'key-1', text: 'SN-1', claimCode: 'ABCD-EFGH' } });
	});
});

describe('a label that nobody held up', () => {
	const rows: [name: string, event: ScanEvent, because: Doubt][] = [
		['of ours', brought('arrived', ours), 'arrived'],
		['that names this server', brought('arrived', here), 'arrived'],
		['that names another server', brought('arrived', elsewhere), 'other_server'],
		['that may be one', brought('arrived', maybe), 'unsure']
	];
	it.each(rows)('is asked about: one %s', (_, event, because) => {
		const { state, sent } = run([event]);
		expect(state).toMatchObject({ step: 'asking', because });
		expect(sent).toEqual([]);
	});
	check('is claimed after the tap', [brought('arrived', ours), confirmed], 'claiming', ['new key-1']);
	check('is forgotten after a no', [brought('arrived', ours), { kind: 'dismissed' }], 'looking', []);
	check('is explained where it claims nothing', [brought('arrived', foreign)], 'explaining', []);
});

describe('a label that names a server', () => {
	check('is claimed at first sight where it is this one', [seen(0, here)], 'claiming', ['new key-1']);
	check('is claimed at once when typed where it is this one', [brought('read', here)], 'claiming', [
		'new key-1'
	]);
	check('waits to be held still where it is another', [seen(0, elsewhere)], 'looking', []);
	const other: [name: string, events: ScanEvent[]][] = [
		['seen', [seen(0, elsewhere), seen(STEADY, elsewhere)]],
		['typed', [brought('read', elsewhere)]],
		['in a picture', [{ kind: 'picture', codes: [elsewhere] }]]
	];
	it.each(other)('is asked about where it is another: %s', (_, events) => {
		const { state, sent } = run(events);
		expect(state).toMatchObject({ step: 'asking', because: 'other_server' });
		expect(sent).toEqual([]);
		expect(run([...events, confirmed]).sent).toEqual(['new key-1']);
	});
});

describe('a scan for a client', () => {
	const claimed = (events: readonly ScanEvent[]) => {
		const { state } = run(events, { userId: 7, reason: 'Order 4711' });
		return 'claim' in state ? [state.claim.userId, state.claim.reason] : [];
	};
	const refused: ScanEvent = { kind: 'refused', error: { code: 'not_claimable', message: '' }, kept: false };
	const rows: [name: string, events: ScanEvent[]][] = [
		['at first sight', [seen(0, ours)]],
		['after the tap', [brought('arrived', ours), confirmed]],
		[
			'with a proof',
			[brought('read', code('SN-1', 'needs_proof')), { kind: 'proved', proof: { claimCode: '1' } }]
		],
		['and again for whom it was', [seen(0, ours), refused, { kind: 'retried' }]]
	];
	it.each(rows)('claims for them: %s', (_, events) => expect(claimed(events)).toEqual([7, 'Order 4711']));
});
