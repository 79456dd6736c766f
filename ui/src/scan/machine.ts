// The scan as a state machine without side effects: what is seen, typed and answered goes in, the next state and at
// most one claim to send come out. Clock, keys and the server are passed in.

import type {
	Claim,
	ClaimAnswer,
	ClaimReply,
	ErrorBody,
	FoundCode,
	PendingAnswer,
	Reading
} from '../host/wire';
import { choose, type Sight } from './choose';
import { namesAnother } from './server';

/** Milliseconds that a code which is not plainly ours stays in view before anything is said about it. */
export const STEADY = 700;

/** Milliseconds that a label which was dealt with has to be out of view before it counts as new. */
export const FORGET = 2_000;

/** Texts that were dealt with, and when each left the picture; null while it is in view. */
type Ignored = ReadonlyMap<string, number | null>;

/**
 * Why a tap has to decide: other things look the same, the label names another server, or no person held it up but a
 * link brought it, which any web page can open.
 */
export type Doubt = 'unsure' | 'other_server' | 'arrived';

/** What a claim says where it is somebody else's: whose, and why. */
export type OnBehalf = { userId: number } & Pick<Claim, 'reason'>;

/** What the machine is told of the world around it. */
export interface Surroundings {
	newKey: () => string;
	/** The address of the server that the person is signed in to; null while nobody is. */
	server: string | null;
	/** Whom staff claims for, and why if they said so; null for themselves. */
	claimsFor: OnBehalf | null;
}

/** What a person has beside a device's number: its claim code, its button, support who are asked (and why), or nothing at all. */
export type Proof = Pick<Claim, 'claimCode' | 'askApproval' | 'presence' | 'reason'>;

type Step =
	/** Nothing is decided. `watched` is a code that may be spoken of once it stayed for a while. */
	| { step: 'looking'; watched: (Sight & { since: number }) | null }
	/** It can be claimed, but not without a tap. */
	| { step: 'asking'; sight: Sight; because: Doubt }
	/** It names a device: a person says what proves that the device is there. */
	| { step: 'proving'; sight: Sight }
	/** It is no label to claim with: the sheet says what it is and what to do. */
	| { step: 'explaining'; sight: Sight }
	/** A picture or a text could not be read. */
	| { step: 'unread'; error: ErrorBody }
	/** `proven` is what the claim's proof was given for. */
	| { step: 'claiming'; claim: Claim; proven?: Sight | undefined }
	| { step: 'claimed'; claim: Claim; answer: ClaimAnswer }
	/** The device's button is waited for, until then: the claim goes out again and again. */
	| { step: 'pressing'; claim: Claim; until: number; proven?: Sight | undefined }
	/** Nobody pressed it in time. */
	| { step: 'unpressed'; claim: Claim; proven?: Sight | undefined }
	/** Support is asked. */
	| { step: 'asked'; claim: Claim; answer: PendingAnswer }
	/** No answer, or no. `kept` claims wait and go out again with the same key. */
	| { step: 'failed'; claim: Claim; error: ErrorBody; kept: boolean; proven?: Sight | undefined };

export type ScanState = Step & { ignored: Ignored };

export type ScanEvent =
	| { kind: 'seen'; codes: readonly FoundCode[]; now: number }
	| { kind: 'read'; text: string; readings: readonly Reading[] }
	| { kind: 'arrived'; text: string; readings: readonly Reading[] }
	| { kind: 'picture'; codes: readonly FoundCode[] }
	| { kind: 'unreadable'; error: ErrorBody }
	| { kind: 'confirmed' }
	/** What proves that the device is there. */
	| { kind: 'proved'; proof: Proof }
	/** The proof was wrong: another one. */
	| { kind: 'corrected' }
	| { kind: 'retried' }
	/** Was the button pressed by now? */
	| { kind: 'waited'; now: number }
	| { kind: 'answered'; answer: ClaimReply }
	| { kind: 'refused'; error: ErrorBody; kept: boolean }
	| { kind: 'dismissed' };

/** What to send because of an event; `again` uses the key of a claim that waits. */
export type ScanEffect = { kind: 'claim'; claim: Claim } | { kind: 'again'; key: string };

export interface ScanStep {
	state: ScanState;
	effect?: ScanEffect;
}

export function start(): ScanState {
	return { step: 'looking', watched: null, ignored: new Map() };
}

const NO_CODE: ErrorBody = { code: 'no_code_found', message: 'There is no code in the picture.' };

export function next(state: ScanState, event: ScanEvent, around: Surroundings): ScanStep {
	const { ignored } = state;
	switch (event.kind) {
		case 'seen':
			return state.step === 'looking' ? see(state, event.codes, event.now, around) : { state };
		case 'read':
		case 'arrived': {
			const reading = event.readings[0];
			if (!reading) return { state };
			const sight = { text: event.text, reading };
			return act(sight, doubt(sight, around, event.kind === 'arrived'), ignored, around);
		}
		case 'picture': {
			const sight = choose(event.codes);
			if (!sight) return { state: { step: 'unread', error: NO_CODE, ignored } };
			return act(sight, doubt(sight, around), ignored, around);
		}
		case 'unreadable':
			return { state: { step: 'unread', error: event.error, ignored } };
		case 'confirmed':
			return state.step === 'asking' ? claim(state.sight.text, ignored, around) : { state };
		case 'proved':
			return state.step === 'proving'
				? claim(state.sight.text, ignored, around, event.proof, state.sight)
				: { state };
		case 'corrected':
			return ((state.step === 'failed' && !state.kept) || state.step === 'unpressed') && state.proven
				? { state: { step: 'proving', sight: state.proven, ignored } }
				: { state };
		case 'retried':
			if (state.step === 'unpressed') return wait(state);
			return state.step === 'failed' ? retry(state, around) : { state };
		case 'waited':
			if (state.step !== 'pressing') return { state };
			return event.now < state.until ? wait(state) : { state: { ...state, step: 'unpressed' } };
		case 'answered':
			// What waits is sent again by itself, too: its answer may come while the sheet still says that it waits.
			return state.step === 'claiming' || state.step === 'pressing' || (state.step === 'failed' && state.kept)
				? { state: answered(state, event.answer) }
				: { state };
		case 'refused': {
			const { error, kept } = event;
			return state.step === 'claiming' || state.step === 'pressing' || (state.step === 'failed' && state.kept)
				? { state: { step: 'failed', claim: state.claim, error, kept, proven: state.proven, ignored } }
				: { state };
		}
		case 'dismissed':
			return { state: dismiss(state) };
	}
}

function see(
	state: Extract<ScanState, { step: 'looking' }>,
	codes: readonly FoundCode[],
	now: number,
	around: Surroundings
): ScanStep {
	const ignored = stillIgnored(state.ignored, codes, now);
	const sight = choose(codes.filter(({ text }) => !ignored.has(text)));
	if (!sight) return { state: { step: 'looking', watched: null, ignored } };
	const why = doubt(sight, around);
	if (sight.reading.advice === 'claim_now' && why === null) return claim(sight.text, ignored, around);
	const since = state.watched?.text === sight.text ? state.watched.since : now;
	if (now - since >= STEADY) return act(sight, why, ignored, around);
	return { state: { step: 'looking', watched: { ...sight, since }, ignored } };
}

/** A label that was dealt with stays ignored until it has left the picture for good: one blurred frame is not that. */
function stillIgnored(ignored: Ignored, codes: readonly FoundCode[], now: number): Ignored {
	const inView = new Set(codes.map(({ text }) => text));
	const still = new Map<string, number | null>();
	for (const [text, gone] of ignored) {
		if (inView.has(text)) still.set(text, null);
		else if (gone === null || now - gone < FORGET) still.set(text, gone ?? now);
	}
	return still;
}

/** Why a label must not be claimed without a tap, the graver reason first; null where there is none. */
function doubt({ reading }: Sight, { server }: Surroundings, arrived = false): Doubt | null {
	if (namesAnother(reading.identity['cloud'], server)) return 'other_server';
	if (reading.advice === 'ask_first') return 'unsure';
	return arrived ? 'arrived' : null;
}

function act(sight: Sight, because: Doubt | null, ignored: Ignored, around: Surroundings): ScanStep {
	switch (sight.reading.advice) {
		case 'claim_now':
		case 'ask_first':
			return because === null
				? claim(sight.text, ignored, around)
				: { state: { step: 'asking', sight, because, ignored } };
		case 'needs_proof':
			return { state: { step: 'proving', sight, ignored } };
		case 'scan_another':
		case 'check_typing':
		// A cloud newer than this page may advise what it does not know: that claims nothing.
		default:
			return { state: { step: 'explaining', sight, ignored } };
	}
}

function claim(
	text: string,
	ignored: Ignored,
	{ newKey, claimsFor }: Surroundings,
	proof: Proof = {},
	proven?: Sight
): ScanStep {
	const claim: Claim = { key: newKey(), text, ...claimsFor, ...proof };
	return { state: { step: 'claiming', claim, proven, ignored }, effect: { kind: 'claim', claim } };
}

function answered(
	{ claim, proven, ignored }: Extract<ScanState, { step: 'claiming' | 'pressing' | 'failed' }>,
	answer: ClaimReply
): ScanState {
	switch (answer.outcome) {
		case 'pending_approval':
			return { step: 'asked', claim, answer, ignored };
		case 'pending_presence':
			return { step: 'pressing', claim, until: answer.until, proven, ignored };
		default:
			return { step: 'claimed', claim, answer, ignored };
	}
}

/** The same claim under the same key: once the button was pressed it has its answer. */
function wait(state: Extract<ScanState, { step: 'pressing' | 'unpressed' }>): ScanStep {
	const { claim, proven, ignored } = state;
	const next: ScanState = state.step === 'pressing' ? state : { step: 'claiming', claim, proven, ignored };
	return { state: next, effect: { kind: 'claim', claim } };
}

/**
 * A claim that waits goes out again as it was. One that was refused got its answer: trying again is a new claim, for
 * whom the first was.
 */
function retry(
	{ claim: before, kept, proven, ignored }: Extract<ScanState, { step: 'failed' }>,
	around: Surroundings
): ScanStep {
	const { key, text, userId, ...proof } = before;
	const claimsFor = userId === undefined ? null : { userId };
	if (!kept) return claim(text, ignored, { ...around, claimsFor }, proof, proven);
	return {
		state: { step: 'claiming', claim: before, proven, ignored },
		effect: { kind: 'again', key }
	};
}

/** Back to looking, without a second look at the label that was just dealt with. */
function dismiss(state: ScanState): ScanState {
	const looking = (handled?: string): ScanState => {
		const ignored = handled === undefined ? state.ignored : new Map(state.ignored).set(handled, null);
		return { step: 'looking', watched: null, ignored };
	};
	switch (state.step) {
		case 'asking':
		case 'proving':
		case 'explaining':
			return looking(state.sight.text);
		case 'claimed':
		case 'asked':
		case 'pressing':
		case 'unpressed':
		case 'failed':
			return looking(state.claim.text);
		case 'unread':
			return looking();
		case 'looking':
		case 'claiming':
			// A claim that is on its way cannot be taken back.
			return state;
	}
}
