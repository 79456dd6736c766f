// Everything that outlives a screen, handed down by context.

import { getContext, setContext } from 'svelte';

import type { Arrival, Host } from '../host';
import type { LabelImage } from '../host/wire';
import { Announcer } from './announcer.svelte';
import { DeviceList } from './devices.svelte';
import { Live } from './live';
import { Preferences } from './preferences.svelte';
import { Selection } from './selection.svelte';
import { SessionStore } from './session.svelte';
import { TabValue } from './tab';
import { Transfers } from './transfers.svelte';
import { WaitingClaims } from './waiting.svelte';

const KEY = Symbol('app');

/** What was typed and not sent yet. Leaving a form keeps it, until the program ends. */
export interface Drafts {
	server: string;
	email: string;
	code: string;
	/** The label that support asks about. */
	why: string;
	/** The claim code beside a number. */
	proof: string;
	names: Record<number, string>;
}

/** Somebody whom staff acts for, and where they belong. */
export interface Client {
	organization: { id: number; name: string };
	person: { id: number; name: string };
	/** Why, for the record: the same for all that is added for them. */
	reason?: string;
}

/** A client, and who chose them. */
interface Choice {
	by: number;
	client: Client;
}

function isNamed(value: unknown): boolean {
	const { id, name } = (value ?? {}) as Record<string, unknown>;
	return typeof id === 'number' && typeof name === 'string';
}

function isChoice(stored: unknown): stored is Choice {
	const { by, client } = (stored ?? {}) as Record<string, unknown>;
	const { organization, person, reason } = (client ?? {}) as Record<string, unknown>;
	const isReason = reason === undefined || typeof reason === 'string';
	return typeof by === 'number' && isNamed(organization) && isNamed(person) && isReason;
}

/** Devices that were given up, each with its new code. */
export interface Released {
	labels: { name: string; label: LabelImage }[];
	/** Whether they were deleted, and not only given up. */
	deleted: boolean;
}

export class App {
	readonly announcer = new Announcer();
	readonly session: SessionStore;
	readonly live: Live;
	readonly devices: DeviceList;
	readonly selection: Selection;
	readonly transfers: Transfers;
	readonly waiting: WaitingClaims;
	readonly drafts = $state<Drafts>({ server: '', email: '', code: '', proof: '', why: '', names: {} });
	/** The label that the program was opened with; it waits here while the person signs in. */
	arrived = $state<string | null>(null);
	/** The gateway that what is scanned next becomes a node of. */
	gateway = $state<{ id: number; name: string } | null>(null);
	/** The secret of a mailed link. */
	linkCode = $state<string | null>(null);
	/** The secret of a set-up link. */
	setupCode = $state<string | null>(null);
	needsSetup = $state(false);
	/** Whether somebody wants to sign out and is asked about what waits. */
	leaving = $state(false);
	/**
	 * The new codes of devices that were released or deleted. They are shown once, over whatever screen there is, until
	 * whoever did it says that they have them.
	 */
	released = $state.raw<Released | null>(null);
	private readonly keptChoice = new TabValue('handover.client', isChoice);
	private chosen = $state.raw<Choice | null>(this.keptChoice.read());

	constructor(
		readonly host: Host,
		readonly preferences: Preferences
	) {
		this.session = new SessionStore(host, () => this.forget());
		this.live = new Live(host);
		this.devices = new DeviceList(host, this.session);
		this.live.on('devices', () => void this.devices.renew());
		this.selection = new Selection();
		this.transfers = new Transfers(() => this.devices.refresh());
		this.waiting = new WaitingClaims(host, this.session, (device) => this.devices.add(device));
		this.live.onback = () => void this.waiting.sendAll();
		this.needsSetup = host.needsSetup;
		if (host.arrival) this.arrive(host.arrival);
		else this.arrived = host.heldLabel?.() ?? null;
		host.onArrival?.((arrival) => this.arrive(arrival));
	}

	/** Whom whoever is signed in adds devices for; null for themselves. In this tab it stays until they choose again. */
	get client(): Client | null {
		const own = this.session.current?.profile.user.id;
		return this.chosen?.by === own ? (this.chosen?.client ?? null) : null;
	}

	set client(client: Client | null) {
		const by = this.session.current?.profile.user.id;
		this.chosen = client && by !== undefined ? { by, client } : null;
		this.keptChoice.write(this.chosen);
	}

	/** Whose devices a scan adds to; null while nobody is signed in. */
	get receiver(): Client['organization'] | null {
		return this.client?.organization ?? this.session.current?.profile.organization ?? null;
	}

	/** Asks first where claims wait that would be lost. Rejects with a HostError. */
	async wantOut(): Promise<void> {
		await this.waiting.refresh();
		if (this.waiting.list.length > 0) this.leaving = true;
		else await this.signOut();
	}

	async signOut(): Promise<void> {
		await this.session.signOut();
		this.host.dropLabel?.();
		this.forget();
	}

	/** Nothing of whoever was signed in is left for the next. */
	private forget(): void {
		this.leaving = false;
		this.transfers.forget();
		this.released = null;
		this.live.end();
		this.devices.forget();
		this.selection.end();
		this.waiting.forget();
		this.client = null;
		this.drafts.code = '';
		this.drafts.why = '';
		this.drafts.proof = '';
		this.drafts.names = {};
	}

	private arrive(arrival: Arrival): void {
		if (arrival.kind === 'claim') this.arrived = arrival.text;
		else if (arrival.kind === 'link') this.linkCode = arrival.code;
		else this.setupCode = arrival.code;
	}
}

export function provideApp(app: App): App {
	return setContext(KEY, app);
}

export function useApp(): App {
	return getContext<App>(KEY);
}
