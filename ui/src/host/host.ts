// The one interface between the UI and whatever it runs in. tauri.ts and web.ts implement it; nothing else
// imports @tauri-apps/* or calls fetch. Every promise rejects with a HostError and nothing else.

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
	ErrorBody,
	KeptMail,
	MailSummary,
	FollowLink,
	LinkInfo,
	MailTo,
	Page,
	PendingClaim,
	PictureFindings,
	Reading,
	Session,
	SetupRequest,
	SignInTo,
	ZoomRange
} from './wire';

/** What rejected promises carry: a closed code that the UI has a sentence for. */
export class HostError extends Error {
	constructor(readonly body: ErrorBody) {
		super(body.message);
		this.name = 'HostError';
	}
}

/** One picture of the live preview, RGBA, `width * height * 4` bytes. */
export interface PreviewFrame {
	width: number;
	height: number;
	pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** What an open camera reports. Corners are in pixels of the preview. */
export interface CameraSink {
	/** `native` hosts hand over frames; `stream` hosts a MediaStream instead. */
	frame?(frame: PreviewFrame): void;
	stream?(stream: MediaStream): void;
	/** `stream` hosts: the picture that the codes told next were found in. It is the receiver's to close. */
	still?(picture: ImageBitmap): void;
	live(): void;
	trouble(error: ErrorBody): void;
	codes(findings: PictureFindings): void;
}

/** An open camera; close it to free the device. */
export interface OpenCamera {
	close(): Promise<void>;
	/** Undefined where the camera has no torch. */
	torch?: Torch;
	/** Undefined where the camera cannot zoom. */
	zoom?: Zoom;
}

/** A camera's lamp. */
export interface Torch {
	on: boolean;
	set(on: boolean): Promise<void>;
}

/** How near a camera can show things, in its own units: the larger the nearer. */
export interface Zoom extends ZoomRange {
	set(to: number): Promise<void>;
}

/** What the program was opened with: a claim link, a mailed link, or the one-time link that sets a cloud up. */
export type Arrival =
	{ kind: 'claim'; text: string } | { kind: 'link'; code: string } | { kind: 'setup'; code: string };

/** Hears how a file comes, and can stop it. */
export interface Coming {
	/** Bytes that came so far; told only where the host knows, and from then on it can be stopped. */
	told(bytes: number): void;
	stop: AbortSignal;
}

export interface Host {
	readonly capabilities: Capabilities;
	/** Taken out of the address before anything could store it; null where there was none. */
	readonly arrival: Arrival | null;
	/** Whether the cloud still waits for its first account; only the console asks. */
	readonly needsSetup: boolean;
	/** Whether to offer an account to strangers; the cloud may still refuse. */
	readonly signUp: boolean;

	/** Makes the first account; only where an arrival of kind `setup` can happen. */
	setUp?(request: SetupRequest): Promise<void>;
	/** What a mailed link is for; only where an arrival of kind `link` can happen. */
	lookAtLink?(code: string): Promise<LinkInfo>;
	/** Does what a mailed link is for, once; the person signs in after it. */
	followLink?(request: FollowLink): Promise<void>;
	/**
	 * Keeps a label on the way through the mail, where another tab will open the link. It is a secret that claims: it is
	 * kept for a day at most. Undefined where the program itself goes on running.
	 */
	keepLabel?(text: string): void;
	/**
	 * The label that a link brought and that nobody has decided about: of this tab, through reloads, or the one that was
	 * kept, which is this tab's from then on.
	 */
	takeLabel?(): string | null;
	/** The one of this tab alone. */
	heldLabel?(): string | null;
	/** It is decided about, and forgotten. */
	dropLabel?(): void;
	/** Claim links that open while the program runs. Returns what stops listening. */
	onArrival?(listener: (arrival: Arrival) => void): () => void;

	/** Who is signed in; with `expected`, nobody but this person. */
	session(expected?: number): Promise<Session | null>;
	/** Starts the bundled cloud where it does not run yet. */
	bundledCloud(): Promise<BundledCloud>;
	signIn(to: SignInTo): Promise<Session>;
	signOut(): Promise<void>;
	/**
	 * Tells that elsewhere, in another tab of the browser, somebody signed out (null) or in. Until `session` or `signIn`
	 * is called again this host acts for nobody else than before. Undefined where there is no elsewhere.
	 */
	onElsewhere?(listener: (session: Session | null) => void): void;
	/** Has a link mailed that begins an account. */
	register(at: MailTo): Promise<void>;
	/** Has a link mailed that chooses another password, if there is such an account. */
	forgotPassword(at: MailTo): Promise<void>;

	/** A call of the Platform API; host/organization.ts knows which there are. */
	organization<T>(method: CallMethod, target: string, body?: unknown): Promise<T>;
	/** Saves a file of the Platform API; gives its path, or null where the browser shows by itself where it went. */
	download(target: string, name: string, coming?: Coming): Promise<string | null>;
	/** Sends a file to a call of the Platform API. */
	upload<T>(target: string, file: Blob): Promise<T>;

	/**
	 * Tells what changes within the session's reach, until the cloud ends that, as it does after a while, or it is
	 * stopped. The first time names all topics: from there on nothing is missed.
	 */
	listen(told: (changes: Changes) => void, stop: AbortSignal): Promise<void>;

	devices(query: DeviceQuery): Promise<Page<Device>>;
	device(id: number): Promise<DeviceDetails>;
	renameDevice(id: number, name: string): Promise<Device>;

	explain(text: string): Promise<Reading[]>;
	claim(claim: Claim): Promise<ClaimReply>;
	/** Claims that wait since they could not be sent or their answer was lost. */
	pendingClaims(): Promise<PendingClaim[]>;
	retryClaim(key: string): Promise<ClaimReply>;
	dropClaim(key: string): Promise<void>;

	demoLabel(): Promise<LabelImage>;
	/** The newest mails of a cloud without a mail server; in a demo nobody has to be signed in. */
	mailbox(size: number, search: string): Promise<Page<MailSummary>>;
	mail(id: number): Promise<KeptMail>;
	/** Follows a link out of a mail, in this program where it is one of ours. */
	openLink(link: string): void;
	decodePicture(bytes: Uint8Array<ArrayBuffer>): Promise<PictureFindings>;

	cameras(): Promise<CameraChoice[]>;
	openCamera(id: string | null, sink: CameraSink): Promise<OpenCamera>;
}
