// Who is signed in, and where.

import { asHostError } from '../host/errors';
import type { Host } from '../host';
import type { ErrorBody, ErrorCode, Permission, Session, SignInTo, User } from '../host/wire';

type SessionState =
	| { status: 'restoring' }
	| { status: 'unknown'; error: ErrorBody }
	| { status: 'out'; because: ErrorBody | null }
	| { status: 'in'; session: Session };

/** After these the person has to sign in again. */
const ENDS: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'signed_out', 'session_expired']);

/** Whether this person chooses for the whole cloud: an administrator of the topmost organization. */
export function atTheTop({ profile }: Session): boolean {
	return profile.permissions.includes('manage_cloud') && profile.organization.parentOrganizationId === null;
}

export class SessionStore {
	state = $state.raw<SessionState>({ status: 'restoring' });

	constructor(private readonly host: Host) {}

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

	async restore(): Promise<void> {
		this.state = { status: 'restoring' };
		try {
			const session = await this.host.session();
			this.state = session ? { status: 'in', session } : { status: 'out', because: null };
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
		this.state = { status: 'in', session: await this.host.signIn(to) };
	}

	/** Rejects with a HostError; then the person is still signed in. */
	async signOut(): Promise<void> {
		await this.host.signOut();
		this.state = { status: 'out', because: null };
	}

	/** Hands an error through, and asks for a new sign-in where it says that the session has ended. */
	watch(thrown: unknown): ErrorBody {
		const { body } = asHostError(thrown);
		if (ENDS.has(body.code)) this.state = { status: 'out', because: body };
		return body;
	}
}
