// The console: the same UI in a browser, served by the cloud that it talks to.

import { takeArrival } from './web/arrival';
import { Api } from './web/api';
import { openWebCamera, listCameras } from './web/camera';
import { Decoder } from './web/decoder';
import { devicesTarget } from './web/devices';
import { KeptLabel, storage } from './web/kept';
import { LabelReader } from './web/labels';
import { PendingClaims } from './web/pending';
import { saveAs } from './web/save';
import { Tabs } from './web/tabs';
import type { Arrival, CameraSink, Coming, Host, OpenCamera } from './host';
import type {
	BundledCloud,
	CallMethod,
	Capabilities,
	Changes,
	Claim,
	ClaimReply,
	ConsoleInfo,
	LabelImage,
	Device,
	DeviceDetails,
	DeviceQuery,
	KeptMail,
	MailSummary,
	FollowLink,
	MailTo,
	Page,
	PictureFindings,
	Rename,
	Session,
	SetupRequest,
	SignInTo
} from './wire';

const NO_INFO: ConsoleInfo = {
	name: 'handover',
	version: '',
	demo: false,
	demoUsers: [],
	mailbox: false,
	faults: false,
	needsSetup: false,
	signUp: false
};

export async function connectWeb(): Promise<Host> {
	const arrival = takeArrival();
	const api = new Api();
	// A cloud that cannot be reached yet still gets a page that says so and offers to try again.
	const info = await api.info().catch(() => NO_INFO);
	return new WebHost(api, info, arrival);
}

class WebHost implements Host {
	readonly capabilities: Capabilities;
	readonly needsSetup: boolean;
	readonly signUp: boolean;
	private readonly decoder = new Decoder();
	private readonly tabs = new Tabs();
	private readonly labels: LabelReader;
	private readonly pending: PendingClaims;
	/** For another tab, and of this one. */
	private readonly kept = new KeptLabel(storage('localStorage'), Date.now);
	private readonly held = new KeptLabel(storage('sessionStorage'), Date.now);

	constructor(
		private readonly api: Api,
		private info: ConsoleInfo,
		readonly arrival: Arrival | null
	) {
		this.capabilities = {
			camera: 'stream',
			bundledCloud: false,
			secrets: 'cookie',
			chooseServer: false,
			version: info.version
		};
		if (arrival?.kind === 'claim') this.held.keep(arrival.text);
		this.needsSetup = info.needsSetup;
		this.signUp = info.signUp;
		this.labels = new LabelReader(api);
		this.pending = new PendingClaims((claim) => this.api.claim(claim), storage('localStorage'), Date.now);
	}

	async session(expected?: number): Promise<Session | null> {
		const profile = await this.api.restore(expected ?? null);
		return profile && this.asSession(profile);
	}

	async bundledCloud(): Promise<BundledCloud> {
		this.info = await this.api.info();
		const { demo, demoUsers, mailbox } = this.info;
		return { url: location.origin, demoUsers, mailbox: demo && mailbox };
	}

	async signIn({ email, password }: SignInTo): Promise<Session> {
		const session = this.asSession(await this.api.signIn({ email, password }));
		this.tabs.tell(session.profile.user.id);
		return session;
	}

	async signOut(): Promise<void> {
		await this.api.signOut();
		this.pending.dropOwn();
		this.labels.clear();
		this.tabs.tell(null);
	}

	onElsewhere(listener: (session: Session | null) => void): void {
		this.api.onother = (profile) => listener(this.asSession(profile));
		this.tabs.listen(async (person) => {
			if (person !== null && this.api.actsFor(person)) return;
			this.labels.clear();
			if (person === null) {
				this.api.forget();
				return listener(null);
			}
			// Another tab's word is no proof: the cloud says who it is.
			const profile = await this.api.lookAgain().catch(() => null);
			if (profile) listener(this.asSession(profile));
		});
	}

	register = ({ email, locale, label }: MailTo) =>
		this.api.register({ email, locale, ...(label === undefined ? {} : { label }) });
	forgotPassword = ({ email }: MailTo) => this.api.forgotPassword({ email });
	lookAtLink = (code: string) => this.api.lookAtLink({ code });
	followLink = (request: FollowLink) => this.api.followLink(request);
	keepLabel = (text: string) => this.kept.keep(text);
	heldLabel = () => this.held.look();
	takeLabel(): string | null {
		const own = this.held.look();
		if (own !== null) return own;
		const taken = this.kept.take();
		if (taken !== null) this.held.keep(taken);
		return taken;
	}
	dropLabel = () => this.held.forget();

	organization = <T>(method: CallMethod, target: string, body?: unknown): Promise<T> =>
		this.api.organization<T>(method, target, body);

	upload = <T>(target: string, file: Blob): Promise<T> => this.api.organization<T>('POST', target, file);

	async download(target: string, name: string, coming?: Coming): Promise<null> {
		saveAs(await this.api.file(target, coming), name);
		return null;
	}

	listen = (told: (changes: Changes) => void, stop: AbortSignal) => this.api.listen(told, stop);

	setUp = (request: SetupRequest) => this.api.setUp(request);

	devices = (query: DeviceQuery) => this.api.organization<Page<Device>>('GET', devicesTarget(query));

	device = (id: number) => this.api.organization<DeviceDetails>('GET', `device?deviceId=${id}`);

	renameDevice(id: number, name: string): Promise<Device> {
		const body: Pick<Rename, 'name'> = { name };
		return this.api.organization('PUT', `device?deviceId=${id}`, body);
	}

	explain = (text: string) => this.labels.explain(text);

	claim = (claim: Claim): Promise<ClaimReply> => this.pending.send(claim);
	pendingClaims = () => Promise.resolve(this.pending.list());
	retryClaim = (key: string) => this.pending.retry(key);
	dropClaim = (key: string) => Promise.resolve(this.pending.drop(key));

	demoLabel = () => this.api.demoLabel();
	mailbox = (size: number, search: string) => this.api.mailbox(size, search);
	mail = (id: number) => this.api.mail(id);
	openLink(link: string): void {
		// A page of this cloud takes the place of this one, as if the link had been opened in this window.
		if (new URL(link).origin === location.origin) location.assign(link);
		else open(link, '_blank', 'noopener');
	}

	async decodePicture(bytes: Uint8Array<ArrayBuffer>): Promise<PictureFindings> {
		return this.labels.explainAll(await this.decoder.picture(bytes));
	}

	cameras = () => listCameras();
	openCamera = (id: string | null, sink: CameraSink): Promise<OpenCamera> =>
		openWebCamera(id, sink, this.decoder, this.labels);

	private asSession(profile: Session['profile']): Session {
		this.pending.claimer = profile.user.id;
		const { demo, mailbox, faults } = this.info;
		return { server: location.origin, bundled: false, demo, mailbox, faults, profile };
	}
}
