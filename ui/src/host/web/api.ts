// HTTP to the page's own origin. The access token lives in memory, the refresh token in a cookie that scripts
// cannot read. Every failure becomes a HostError.

import { createParser } from 'eventsource-parser';

import { asHostError, hostError, isErrorBody } from '../errors';
import { HostError, type Coming } from '../host';
import { arrive } from './arrive';
import type {
	CallMethod,
	Changes,
	Claim,
	ClaimReply,
	ConsoleInfo,
	ConsoleSession,
	LabelImage,
	KeptMail,
	MailSummary,
	Page,
	FollowLink,
	LinkInfo,
	LinkSecret,
	MailTo,
	Profile,
	Reading,
	SetupRequest,
	SignIn
} from '../wire';

/** Milliseconds until an answer is given up; of a large file, until all of it is there. */
const PATIENCE = 15_000;
/** The same for files, which take as long as they take. */
const PATIENCE_FOR_FILES = 60 * 60_000;

/** Seconds in which the cloud tells what changes in one go: the longest that it takes. */
const LISTENING_SECONDS = 300;

/** What stands before a cloud that is not there, or too busy, answers with these. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

interface Call {
	method: CallMethod;
	path: string;
	/** Sent as JSON; a file as it is. */
	body?: unknown;
	headers?: Record<string, string>;
	/** The answer is a file, not JSON; whoever wants to know is told how it comes. */
	file?: true | Coming;
}

export class Api {
	private accessToken: string | null = null;
	/** Whose session the page shows: with the cookie of anybody else it does nothing. Null until somebody is shown. */
	private shown: number | null = null;
	/** Hears that the cookie, which all tabs of the browser share, is of somebody else now. */
	onother: (profile: Profile) => void = () => undefined;
	private refreshing: Promise<Profile | null> | null = null;

	info = () => send<ConsoleInfo>({ method: 'GET', path: 'api/info' });
	demoLabel = () => this.signedIn<LabelImage>({ method: 'GET', path: 'api/demo/label' });
	mailbox = (size: number, search: string) => {
		const query = new URLSearchParams({ size: String(size) });
		if (search) query.set('query', search);
		return this.signedIn<Page<MailSummary>>({ method: 'GET', path: `api/mailbox?${query}` });
	};
	mail = (id: number) => this.signedIn<KeptMail>({ method: 'GET', path: `api/mailbox/mail?id=${id}` });
	/** What a text is, of a symbol with this symbology identifier; empty where none is known. */
	explain = async (text: string, symbologyIdentifier: string, isPart: boolean) => {
		const body = { text, symbologyIdentifier, isPart };
		const call: Call = { method: 'POST', path: 'api/label/explain', body };
		return (await send<{ readings: Reading[] }>(call)).readings;
	};
	setUp = (request: SetupRequest) => send<void>({ method: 'POST', path: 'api/setup', body: request });

	register = (body: Pick<MailTo, 'email' | 'label'> & { locale: string | undefined }) =>
		send<void>({ method: 'POST', path: 'api/v1/organization/users/register', body });
	forgotPassword = (body: Pick<MailTo, 'email'>) =>
		send<void>({ method: 'POST', path: 'api/password/forgot', body });
	lookAtLink = (body: LinkSecret) => send<LinkInfo>({ method: 'POST', path: 'api/link', body });
	followLink = (body: FollowLink) => send<void>({ method: 'POST', path: 'api/link/follow', body });

	/** The person whose cookie this browser holds; null when there is none. Of anybody but `expected`, `onother` hears. */
	restore(expected: number | null = null): Promise<Profile | null> {
		this.shown = expected;
		return this.refresh();
	}

	/** Whether this page acts for this person now. */
	actsFor(person: number): boolean {
		return this.accessToken !== null && this.shown === person;
	}

	/** Who is signed in now, if it is still whom this page shows; of anybody else `onother` hears. */
	lookAgain = (): Promise<Profile | null> => this.restore(this.shown);

	/** Acts for nobody. Whom the page showed is remembered: a call that comes late is not done as somebody else. */
	forget(): void {
		this.accessToken = null;
	}

	async signIn(who: SignIn): Promise<Profile> {
		return this.take(await send<ConsoleSession>({ method: 'POST', path: 'api/session', body: who }));
	}

	async signOut(): Promise<void> {
		await this.signedIn<void>({ method: 'DELETE', path: 'api/session' }).catch((thrown: unknown) => {
			// Whoever has no session left is signed out already.
			if (!isSignedOut(asHostError(thrown))) throw thrown;
		});
		this.forget();
	}

	claim({ key, text, ...rest }: Claim): Promise<ClaimReply> {
		const body = { token: text, ...rest };
		return this.signedIn({
			method: 'POST',
			path: 'api/v1/organization/static-tokens/claim',
			body,
			headers: { 'idempotency-key': key }
		});
	}

	organization<T>(method: CallMethod, path: string, body?: unknown): Promise<T> {
		// The organization itself is at the path without a slash.
		const joint = path.startsWith('?') ? '' : '/';
		return this.signedIn<T>({ method, path: `api/v1/organization${joint}${path}`, body });
	}

	file(path: string, coming?: Coming): Promise<Blob> {
		return this.signedIn<Blob>({
			method: 'GET',
			path: `api/v1/organization/${path}`,
			file: coming ?? true
		});
	}

	/** Tells what changes, for some minutes at a time. */
	listen(told: (changes: Changes) => void, stop: AbortSignal): Promise<void> {
		const call: Call = { method: 'GET', path: `api/v1/organization/events?seconds=${LISTENING_SECONDS}` };
		return this.signedIn<void>(call, (authorized) => hear(authorized, told, stop));
	}

	/** Sends with the access token, and once more with a fresh one where it has ended. */
	private async signedIn<T>(call: Call, by: (call: Call) => Promise<T> = send<T>): Promise<T> {
		const used = this.accessToken;
		try {
			return await by(this.authorized(call));
		} catch (thrown) {
			if (!isSignedOut(asHostError(thrown))) throw thrown;
		}
		// Another call may have refreshed while this one was on its way.
		if (used === this.accessToken && !(await this.refresh())) {
			throw hostError('session_expired', 'The session has ended.');
		}
		return by(this.authorized(call));
	}

	private authorized(call: Call): Call {
		if (!this.accessToken) return call;
		return { ...call, headers: { ...call.headers, authorization: `Bearer ${this.accessToken}` } };
	}

	/** One refresh at a time: the refresh token is good for a single use. */
	private refresh(): Promise<Profile | null> {
		this.refreshing ??= this.refreshOnce().finally(() => {
			this.refreshing = null;
		});
		return this.refreshing;
	}

	private async refreshOnce(): Promise<Profile | null> {
		try {
			const session = await send<ConsoleSession>({ method: 'POST', path: 'api/session/refresh' });
			if (this.shown === null || this.shown === session.profile.user.id) return this.take(session);
			this.forget();
			this.onother(session.profile);
			return null;
		} catch (thrown) {
			if (!isSignedOut(asHostError(thrown))) throw thrown;
			this.accessToken = null;
			return null;
		}
	}

	private take(session: ConsoleSession): Profile {
		this.accessToken = session.accessToken;
		this.shown = session.profile.user.id;
		return session.profile;
	}
}

function isSignedOut({ body }: HostError): boolean {
	return body.code === 'unauthenticated' || body.code === 'signed_out' || body.code === 'session_expired';
}

/** Reads server-sent events until they end. */
async function hear(
	{ method, path, headers = {} }: Call,
	told: (changes: Changes) => void,
	stop: AbortSignal
): Promise<void> {
	try {
		const init: RequestInit = {
			method,
			headers,
			credentials: 'same-origin',
			cache: 'no-store',
			signal: stop
		};
		const response = await fetch(`/${path}`, init);
		if (!response.ok || !response.body) return read<void>(response, await response.text());
		const parser = createParser({ onEvent: ({ data }) => told(JSON.parse(data) as Changes) });
		for await (const piece of pieces(response.body.pipeThrough(new TextDecoderStream()))) parser.feed(piece);
	} catch (thrown) {
		throw thrown instanceof HostError ? thrown : silence(thrown);
	}
}

/** Not every browser lets a stream be gone through by itself. */
async function* pieces(stream: ReadableStream<string>): AsyncGenerator<string> {
	const reader = stream.getReader();
	for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

async function send<T>({ method, path, body, headers, file }: Call): Promise<T> {
	const isFile = body instanceof Blob;
	const type = isFile ? 'text/csv' : 'application/json';
	const init: RequestInit = {
		method,
		headers: body === undefined ? { ...headers } : { 'content-type': type, ...headers },
		credentials: 'same-origin',
		cache: 'no-store',
		signal: ending(file, file || isFile ? PATIENCE_FOR_FILES : PATIENCE)
	};
	if (body !== undefined) init.body = isFile ? body : JSON.stringify(body);
	let response: Response;
	let text: string;
	try {
		response = await fetch(`/${path}`, init);
		if (file && response.ok) return (await arrive(response, file === true ? null : file)) as T;
		text = await response.text();
	} catch (thrown) {
		throw silence(thrown);
	}
	return read<T>(response, text);
}

/** Ends a call when its time is over, or somebody stops it before. */
function ending(file: Call['file'], patience: number): AbortSignal {
	const late = AbortSignal.timeout(patience);
	return typeof file === 'object' ? AbortSignal.any([late, file.stop]) : late;
}

/** No answer: too late, or not at all. */
function silence(thrown: unknown): HostError {
	const late = thrown instanceof DOMException && thrown.name === 'TimeoutError';
	return late
		? hostError('timeout', 'The cloud did not answer in time.')
		: hostError('unreachable', 'The cloud could not be reached.');
}

function read<T>(response: Response, text: string): T {
	const answer = parse(text);
	if (response.ok) {
		if (answer === undefined && text !== '') throw hostError('not_a_cloud', 'The answer is not JSON.');
		return answer as T;
	}
	const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
	if (isErrorBody(error)) throw new HostError(error);
	if (response.status === 401) throw hostError('unauthenticated', 'The session has ended.');
	if (AWAY.has(response.status)) throw hostError('unavailable', `The cloud answered ${response.status}.`);
	if (response.status >= 500) throw hostError('internal', `The cloud answered ${response.status}.`);
	throw hostError('not_a_cloud', `Unexpected answer ${response.status}.`);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
