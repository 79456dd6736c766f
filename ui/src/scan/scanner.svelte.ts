// A scan while its screen is open: the camera, what it sees, and the claim that comes of it. What happens next is
// decided in machine.ts; here are the side effects.

import type { Host, OpenCamera, PreviewFrame } from '../host';
import { asHostError } from '../host/errors';
import type { CameraChoice, ErrorBody, FoundCode, Hint, PictureFindings, ZoomRange } from '../host/wire';
import type { App } from '../state/app.svelte';
import { isAnswer, type Retried } from '../state/waiting.svelte';
import { hear, HOLD, hintOf, SILENT } from './hint';
import {
	next,
	start,
	STEADY,
	type OnBehalf,
	type Proof,
	type ScanEffect,
	type ScanEvent,
	type ScanState
} from './machine';
import { stepped, within } from './zoom';

/** What the stage does with pictures; it is part of the screen. */
export interface Stage {
	frame(frame: PreviewFrame): void;
	stream(stream: MediaStream): void;
	still(picture: ImageBitmap): void;
}

/** Milliseconds between two looks whether the device's button was pressed. */
const PRESSED = 3_000;

/** A short touch that says "read" without a look at the screen, in milliseconds. */
const TOUCH = 30;

const EMPTY: PictureFindings = { width: 1, height: 1, codes: [], candidates: [] };

/** What tells of a label. */
const FOUND: ReadonlySet<ScanEvent['kind']> = new Set(['seen', 'read', 'arrived', 'picture']);

/** Whether what was read has been taken: there is nothing to type again. */
const isDone = (state: ScanState): boolean =>
	state.step === 'claimed' || state.step === 'asked' || (state.step === 'failed' && state.kept);

export class Scanner {
	state = $state.raw<ScanState>(start());
	findings = $state.raw<PictureFindings>(EMPTY);
	/** What would help to read what is in view. */
	hint = $state<Hint | null>(null);
	camera = $state<'starting' | 'live' | 'trouble' | 'none'>('starting');
	trouble = $state.raw<ErrorBody | null>(null);
	cameras = $state.raw<CameraChoice[]>([]);
	hasTorch = $state(false);
	torchOn = $state(false);
	/** How near the camera shows things; null where it cannot zoom. */
	zoom = $state.raw<ZoomRange | null>(null);
	/** What was found last was typed. */
	byHand = false;
	/** A picture is being read. */
	reading = $state(false);

	/** The picture stands still from the moment that a label is read. */
	readonly frozen = $derived(this.state.step !== 'looking');

	/** What the camera sees behind a picture that stands still. */
	private latest: PictureFindings = EMPTY;
	private open: OpenCamera | null = null;
	/** Grows whenever the camera is opened or closed: an answer to an older wish is dropped. */
	private wish = 0;
	private steady: ReturnType<typeof setTimeout> | undefined;
	private pressed: ReturnType<typeof setTimeout> | undefined;
	/** A label that a link brought is not decided about yet. */
	private question = false;
	private hearing = SILENT;
	private unheard: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly app: App,
		private readonly stage: Stage
	) {}

	private get host(): Host {
		return this.app.host;
	}

	async start(): Promise<void> {
		if (this.host.capabilities.camera === 'none') {
			this.camera = 'none';
			return;
		}
		await this.film();
	}

	async stop(): Promise<void> {
		this.wish += 1;
		clearTimeout(this.steady);
		clearTimeout(this.unheard);
		clearTimeout(this.pressed);
		const { open } = this;
		this.open = null;
		await open?.close().catch(() => undefined);
	}

	async chooseCamera(id: string | null): Promise<void> {
		this.app.preferences.camera = id;
		await this.restart();
	}

	async restart(): Promise<void> {
		await this.stop();
		await this.film();
	}

	async light(on: boolean): Promise<void> {
		try {
			await this.open?.torch?.set(on);
			this.torchOn = on;
		} catch {
			// The lamp belongs to the camera; where it refuses, the button goes.
			this.hasTorch = false;
		}
	}

	/** One press nearer or wider. */
	zoomStep(nearer: boolean): void {
		if (this.zoom) void this.zoomTo(stepped(this.zoom, nearer));
	}

	async zoomTo(wanted: number): Promise<void> {
		const before = this.zoom;
		if (!before || !this.open?.zoom) return;
		const now = within(before, wanted);
		this.zoom = { ...before, now };
		// A camera that refuses keeps what it has; the next press is another try.
		await this.open.zoom.set(now).catch(() => (this.zoom = before));
	}

	/** Reads a picture file that was chosen, dropped or pasted. */
	async picture(file: Blob): Promise<void> {
		let bytes: Uint8Array<ArrayBuffer>;
		try {
			bytes = new Uint8Array(await file.arrayBuffer());
		} catch {
			const error: ErrorBody = { code: 'unreadable_file', message: 'The file could not be read.' };
			return this.dispatch({ kind: 'unreadable', error });
		}
		this.reading = true;
		try {
			const { codes } = await this.host.decodePicture(bytes);
			this.dispatch({ kind: 'picture', codes });
		} catch (thrown) {
			this.dispatch({ kind: 'unreadable', error: this.app.session.watch(thrown) });
		} finally {
			this.reading = false;
		}
	}

	/** Takes a code that a person typed. */
	typed = (text: string): Promise<void> => this.explain('read', text);

	/** Takes a label that a link brought: nobody may have wanted it, so it is always asked about. */
	arrived(text: string): Promise<void> {
		this.question = true;
		return this.explain('arrived', text);
	}

	private async explain(kind: 'read' | 'arrived', text: string): Promise<void> {
		this.reading = true;
		try {
			this.dispatch({ kind, text, readings: await this.host.explain(text) });
		} catch (thrown) {
			this.dispatch({ kind: 'unreadable', error: this.app.session.watch(thrown) });
		} finally {
			this.reading = false;
		}
	}

	/** A claim that waited was sent again, here or by itself. */
	retried({ key, result, kept }: Retried): void {
		const { state } = this;
		if (!('claim' in state) || state.claim.key !== key) return;
		if (isAnswer(result)) this.dispatch({ kind: 'answered', answer: result });
		else this.dispatch({ kind: 'refused', error: result, kept });
	}

	confirm = (): void => this.dispatch({ kind: 'confirmed' });
	prove = (proof: Proof): void => this.dispatch({ kind: 'proved', proof });
	correct = (): void => this.dispatch({ kind: 'corrected' });
	retry = (): void => this.dispatch({ kind: 'retried' });

	again = (): void => {
		this.dispatch({ kind: 'dismissed' });
		if (this.state.step !== 'looking') return;
		// The platform's scanner reads one code and goes: it is opened anew.
		if (this.host.capabilities.camera === 'scanner') return void this.restart();
		this.show(this.latest);
		this.see(this.findings.codes);
	};

	private async film(): Promise<void> {
		const wish = ++this.wish;
		this.camera = 'starting';
		this.trouble = null;
		this.show(EMPTY);
		try {
			const open = await this.host.openCamera(this.app.preferences.camera, {
				frame: (frame) => this.stage.frame(frame),
				stream: (stream) => this.stage.stream(stream),
				still: (picture) => this.stage.still(picture),
				live: () => this.live(wish),
				trouble: (error) => this.fail(wish, error),
				codes: (findings) => this.found(wish, findings)
			});
			if (wish !== this.wish) return void open.close();
			this.open = open;
			this.learn(open);
		} catch (thrown) {
			this.fail(wish, asHostError(thrown).body);
		}
	}

	private live(wish: number): void {
		if (wish !== this.wish) return;
		this.camera = 'live';
		this.trouble = null;
		if (this.open) this.learn(this.open);
		void this.listCameras();
	}

	/** What the camera can do, which may be another one than before. */
	private learn({ torch, zoom }: OpenCamera): void {
		this.hasTorch = torch !== undefined;
		this.torchOn = torch?.on ?? false;
		this.zoom = zoom ?? null;
	}

	private fail(wish: number, error: ErrorBody): void {
		if (wish !== this.wish) return;
		this.camera = 'trouble';
		this.trouble = error;
		this.show(EMPTY);
		void this.listCameras();
	}

	private found(wish: number, findings: PictureFindings): void {
		if (wish !== this.wish) return;
		this.latest = findings;
		if (this.frozen) return;
		this.show(findings);
		this.see(findings.codes);
	}

	private show(findings: PictureFindings): void {
		this.findings = this.latest = findings;
		this.help(hintOf(findings));
	}

	/** What lies still is not reported again: a hint that holds is heard once more when it has held long enough. */
	private help(wanted: Hint | null): void {
		clearTimeout(this.unheard);
		this.hearing = hear(this.hearing, wanted, performance.now());
		this.hint = this.hearing.said;
		if (this.hint !== wanted) this.unheard = setTimeout(() => this.help(wanted), HOLD);
	}

	private see(codes: readonly FoundCode[]): void {
		this.dispatch({ kind: 'seen', codes, now: performance.now() });
		clearTimeout(this.steady);
		// A code that lies still is not reported again: look at it once more when it has stayed long enough.
		if (this.state.step === 'looking' && this.state.watched) {
			this.steady = setTimeout(() => this.see(this.findings.codes), STEADY);
		}
	}

	private async listCameras(): Promise<void> {
		this.cameras = await this.host.cameras().catch(() => []);
	}

	private onBehalf(): OnBehalf | null {
		const { client } = this.app;
		if (!client) return null;
		const { person, reason } = client;
		return { userId: person.id, ...(reason === undefined ? {} : { reason }) };
	}

	private dispatch(event: ScanEvent): void {
		if (this.question && this.decides(event)) {
			this.question = false;
			this.host.dropLabel?.();
		}
		const { state, effect } = next(this.state, event, {
			newKey: () => crypto.randomUUID(),
			server: this.app.session.current?.server ?? null,
			claimsFor: this.onBehalf()
		});
		// What stays in view is seen again and again.
		const isNew = event.kind !== 'seen' || (this.state.step === 'looking' && state.step !== 'looking');
		if (isNew && FOUND.has(event.kind)) this.byHand = event.kind === 'read';
		this.state = state;
		// A claim code is one device's: it stays only until that one is dealt with.
		if (['looking', 'claimed', 'asked'].includes(state.step)) this.app.drafts.proof = '';
		// What was typed is dealt with: the next label is another one.
		if (isDone(state)) this.app.drafts.code = '';
		// Whoever closes the sheet waits no longer, and nor does who leaves.
		clearTimeout(this.pressed);
		if (state.step === 'pressing' && !effect) {
			this.pressed = setTimeout(() => this.dispatch({ kind: 'waited', now: Date.now() }), PRESSED);
		}
		if (effect) void this.carryOut(effect);
	}

	/** Whether this is the end of a question: a no, or what the cloud says. What could not be read is still one. */
	private decides({ kind }: ScanEvent): boolean {
		if (kind === 'dismissed') return this.state.step !== 'unread' && this.state.step !== 'looking';
		return kind === 'answered' || kind === 'refused';
	}

	private async carryOut(effect: ScanEffect): Promise<void> {
		if (this.state.step !== 'pressing') navigator.vibrate?.(TOUCH);
		const { host, waiting, devices } = this.app;
		try {
			if (effect.kind === 'again') return void (await waiting.retry(effect.key));
			const answer = await host.claim(effect.claim);
			if (answer.outcome === 'claimed' || answer.outcome === 'already_yours') devices.add(answer);
			await waiting.refresh();
			this.dispatch({ kind: 'answered', answer });
		} catch (thrown) {
			const error = this.app.session.watch(thrown);
			await waiting.refresh();
			const kept = effect.kind === 'claim' && waiting.has(effect.claim.key);
			this.dispatch({ kind: 'refused', error, kept });
		}
	}
}
