// Who is signed in, and where.

import { asHostError } from '../host/errors';
import type { Host } from '../host';
import type { ErrorBody, ErrorCode, Permission, Session, SignInTo, User } from '../host/wire';

type SessionState =
	| { status: 'restoring' }
	| { status: 'unknown'; error: ErrorBody }
	/** `elsewhere`: in another tab. */
	| { status: 'out'; because: ErrorBody | null; elsewhere?: true }
	/** Somebody else signed in elsewhere, and nothing is done as them before that was said. */
	| { status: 'other'; session: Session }
	| { status: 'in'; session: Session };

/** After these the person has to sign in again. */
const ENDS: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'signed_out', 'session_expired']);

/** Whether this person chooses for the whole cloud: an administrator of the topmost organization. */
export function atTheTop({ profile }: Session): boolean {
	return profile.permissions.includes('manage_cloud') && profile.organization.parentOrganizationId === null;
}

export class SessionStore {
	state = $state.raw<SessionState>({ status: 'restoring' });

	/** Who was signed in last. */
	private last: number | null = null;

	constructor(
		private readonly host: Host,
		/** Hears that it is somebody else than before. */
		private readonly onchanged: () => void = () => undefined
	) {
		host.onElsewhere?.((session) => this.elsewhere(session));
	}

	get current(): Session | null {
		return this.state.status === 'in' ? this.state.session : null;
	}

	/** Whether the person may do this; the cloud decides again with each call. */
	may(permission: Permission): boolean {
		return this.current?.profile.permissions.includes(permission) ?? false;
	}

	/** Whether the person sees more than one organization. */
	get seesBelow(): boolean {
		return this.may('see_below');
	}

	async restore(expected?: number): Promise<void> {
		this.state = { status: 'restoring' };
		try {
			const session = await this.host.session(expected);
			if (session) this.enter(session);
			// Unless it turned out to be somebody else.
			else if (this.state.status === 'restoring') this.state = { status: 'out', because: null };
		} catch (thrown) {
			const { body } = asHostError(thrown);
			this.state = ENDS.has(body.code)
				? { status: 'out', because: body }
				: { status: 'unknown', error: body };
		}
	}

	/** Shows the person as they now are. */
	put(user: User): void {
		if (this.state.status !== 'in') return;
		const { session } = this.state;
		this.state = { status: 'in', session: { ...session, profile: { ...session.profile, user } } };
	}

	/** Rejects with a HostError. */
	async signIn(to: SignInTo): Promise<void> {
		this.enter(await this.host.signIn(to));
	}

	/** Rejects with a HostError; then the person is still signed in. */
	async signOut(): Promise<void> {
		await this.host.signOut();
		this.state = { status: 'out', because: null };
	}

	/** Shows the sign-in instead of somebody else's devices; their session goes on. */
	leave(): void {
		this.state = { status: 'out', because: null };
	}

	/** Hands an error through, and asks for a new sign-in where it says that the session has ended. */
	watch(thrown: unknown): ErrorBody {
		const { body } = asHostError(thrown);
		if (ENDS.has(body.code) && this.state.status === 'in') this.state = { status: 'out', because: body };
		return body;
	}

	private enter(session: Session): void {
		const { id } = session.profile.user;
		if (this.last !== null && this.last !== id) this.onchanged();
		this.last = id;
		this.state = { status: 'in', session };
	}

	/** In another tab somebody signed out or in. */
	private elsewhere(session: Session | null): void {
		if (session && this.current?.profile.user.id === session.profile.user.id) return;
		this.onchanged();
		this.last = null;
		this.state = session ? { status: 'other', session } : { status: 'out', because: null, elsewhere: true };
	}
}
