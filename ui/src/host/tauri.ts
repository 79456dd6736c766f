// The app: every call is a command of the host in src-tauri.

import { Channel, invoke } from '@tauri-apps/api/core';

import { asHostError } from './errors';
import type { Arrival, CameraSink, Host, OpenCamera } from './host';
import { openTauriCamera } from './tauri/camera';
import { openScanner } from './tauri/scanner';
import { readArrival } from './web/arrival';
import type {
	BundledCloud,
	CallMethod,
	CameraChoice,
	Capabilities,
	Changes,
	Claim,
	ClaimReply,
	LabelImage,
	Device,
	DeviceDetails,
	DeviceQuery,
	FileCall,
	KeptMail,
	MailSummary,
	MailTo,
	OrganizationCall,
	Page,
	PendingClaim,
	PictureFindings,
	Reading,
	Rename,
	Session,
	SignInTo
} from './wire';

async function command<T>(
	name: string,
	args?: Record<string, unknown> | Uint8Array,
	headers?: Record<string, string>
): Promise<T> {
	try {
		return await invoke<T>(name, args, headers && { headers });
	} catch (thrown) {
		throw asHostError(thrown);
	}
}

export async function connectTauri(): Promise<Host> {
	return new TauriHost(await command<Capabilities>('capabilities'));
}

class TauriHost implements Host {
	readonly arrival = null;
	readonly needsSetup = false;
	/** Which cloud it will be is not known yet. */
	readonly signUp = true;

	private arrived: ((arrival: Arrival) => void) | undefined;

	constructor(readonly capabilities: Capabilities) {}

	onArrival(listener: (arrival: Arrival) => void): () => void {
		this.arrived = listener;
		return () => (this.arrived = undefined);
	}

	session = (_expected?: number) => command<Session | null>('session');
	bundledCloud = () => command<BundledCloud>('bundled_cloud');
	signIn = (to: SignInTo) => command<Session>('sign_in', { to });
	signOut = () => command<void>('sign_out');
	register = (at: MailTo) => command<void>('register', { at });
	forgotPassword = (at: MailTo) => command<void>('forgot_password', { at });

	organization<T>(method: CallMethod, target: string, body?: unknown): Promise<T> {
		const call: OrganizationCall = body === undefined ? { method, target } : { method, target, body };
		return command('organization', { call });
	}

	download(target: string, name: string): Promise<string> {
		const file: FileCall = { target, name };
		return command('download', { file });
	}

	async upload<T>(target: string, file: Blob): Promise<T> {
		return command('upload', new Uint8Array(await file.arrayBuffer()), { target });
	}

	listen(told: (changes: Changes) => void, stop: AbortSignal): Promise<void> {
		const events = new Channel<Changes>();
		events.onmessage = (changes) => {
			if (!stop.aborted) told(changes);
		};
		return command('listen', { events });
	}

	devices = (query: DeviceQuery) => command<Page<Device>>('devices', { query });
	device = (id: number) => command<DeviceDetails>('device', { id });
	renameDevice(deviceId: number, name: string): Promise<Device> {
		const rename: Rename = { deviceId, name };
		return command('rename_device', { rename });
	}

	explain = (text: string) => command<Reading[]>('explain', { text });
	claim = (claim: Claim) => command<ClaimReply>('claim', { claim });
	pendingClaims = () => command<PendingClaim[]>('pending_claims');
	retryClaim = (key: string) => command<ClaimReply>('retry_claim', { key });
	dropClaim = (key: string) => command<void>('drop_claim', { key });

	mailbox = (size: number, search: string) => command<Page<MailSummary>>('mailbox', { size, search });
	mail = (id: number) => command<KeptMail>('mail', { id });
	openLink(link: string): void {
		const { pathname, hash } = new URL(link);
		const arrival = readArrival(pathname, hash);
		if (arrival) this.arrived?.(arrival);
	}

	demoLabel = () => command<LabelImage>('demo_label');
	decodePicture = (bytes: Uint8Array<ArrayBuffer>) => command<PictureFindings>('decode_picture', bytes);

	cameras = () => command<CameraChoice[]>('cameras');
	openCamera(id: string | null, sink: CameraSink): Promise<OpenCamera> {
		return this.capabilities.camera === 'scanner'
			? openScanner(sink, this.explain)
			: openTauriCamera(id, sink);
	}
}
