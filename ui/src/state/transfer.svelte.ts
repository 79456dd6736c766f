// Moving devices to another organization: what would become of each, then what did, in portions that can be stopped
// between and tried again without moving anything twice.

import type { Host } from '../host';
import { transferGateway } from '../host/gateways';
import { transferMany, undoMoves } from '../host/hands';
import type { DeviceOutcome, DeviceOutcomes, ErrorBody, TransferDevices } from '../host/wire';
import { Portions } from './portions.svelte';
import type { Chosen } from './selection.svelte';
import type { SessionStore } from './session.svelte';

/** Devices that are sent at once. */
const PORTION = 100;

export type To = Pick<TransferDevices, 'newOrgId' | 'newUserId' | 'ownerAfter' | 'history' | 'reason'>;
type How = Pick<TransferDevices, 'dryRun' | 'roomTaken' | 'key'>;
type Outcomes = Pick<DeviceOutcomes, 'outcomes' | 'roomTaken'>;
type Phase = 'choose' | 'preview' | 'moved' | 'undone';

/** A device that something kept where it was. */
export interface Kept extends Chosen {
	error: ErrorBody;
}

export class Transfer {
	phase = $state<Phase>('choose');
	/** Where they move to, by name; empty where nothing is moved here. */
	organization = $state('');
	/** When it began to be done: from then on it can be undone for a while. */
	at = $state(0);
	/** Whether somebody has it open; where nobody has, the list of devices says how far it is, and what became of it. */
	open = $state(true);
	/** Of those that were sent in this phase, each with what became of it. */
	outcomes = $state.raw<DeviceOutcome[]>([]);
	/** What began to be done, whether or not all of it is: nothing, moving, or undoing that. */
	began = $state<'nothing' | 'move' | 'undo'>('nothing');

	/** The nodes that go with the one device, where it is a gateway and they do. */
	nodes = $state.raw<Chosen[] | null>(null);

	private to: To = {};
	/** Why it is undone, for the record. */
	private reason = '';
	/** Those that are to be sent in this phase. */
	private begun = $state.raw<readonly number[]>([]);
	private readonly portions: Portions;

	constructor(
		private readonly host: Host,
		session: SessionStore,
		private readonly devices: readonly Chosen[],
		newKey: () => string
	) {
		this.portions = new Portions(session, newKey);
	}

	get busy(): boolean {
		return this.portions.busy;
	}

	/** What stopped all of it; what is done by then is done. */
	get error(): ErrorBody | null {
		return this.portions.error;
	}

	/** How many there are to send in this phase. */
	get total(): number {
		return this.begun.length;
	}

	private get names(): ReadonlyMap<number, string> {
		return new Map([...this.devices, ...(this.nodes ?? [])].map(({ id, name }) => [id, name]));
	}

	/** Those that are moved, or would be. */
	get done(): number[] {
		return this.outcomes.filter(({ error }) => !error).map(({ deviceId }) => deviceId);
	}

	/** Those that were not sent, since somebody stopped it or something failed. */
	get rest(): Chosen[] {
		const answered = new Set(this.outcomes.map(({ deviceId }) => deviceId));
		const names = this.names;
		return this.begun
			.filter((id) => !answered.has(id))
			.map((id) => ({ id, name: names.get(id) ?? String(id) }));
	}

	/** Whether it was stopped half-way while it was undone: it can be gone on with. */
	get halfUndone(): boolean {
		return this.began === 'undo' && this.phase !== 'undone' && !this.busy;
	}

	/** Whether nothing is left to undo, or to go on with. */
	get isOver(): boolean {
		const isMoved = this.phase === 'moved' && this.began === 'move';
		return this.phase === 'undone' || (isMoved && this.done.length === 0);
	}

	/** Those that are back with their organization, and not with their owner, who has left. */
	get ownerless(): Chosen[] {
		const found = this.outcomes.filter(({ ownerLeft }) => ownerLeft);
		return found.map(({ deviceId: id }) => ({ id, name: this.names.get(id) ?? String(id) }));
	}

	get kept(): Kept[] {
		return this.outcomes.flatMap(({ deviceId: id, error }) =>
			error ? [{ id, name: this.names.get(id) ?? String(id), error }] : []
		);
	}

	/** Asks what would become of each. */
	async preview(to: To, organization = ''): Promise<void> {
		this.to = to;
		this.organization = organization;
		this.began = 'nothing';
		this.begin([...this.names.keys()]);
		// What a portion would take, the next one does not find free.
		let roomTaken: number | undefined;
		const call = async (ids: number[]) => {
			const answer = await this.call(
				ids,
				roomTaken === undefined ? { dryRun: true } : { dryRun: true, roomTaken }
			);
			roomTaken = answer.roomTaken;
			return answer;
		};
		if (await this.send(call)) {
			this.phase = 'preview';
		}
	}

	/** Moves those that can be, the rest of them after a failure or a stop. */
	async move(): Promise<void> {
		if (!this.portions.hasRest) this.begin(this.done);
		this.begins('move');
		if (await this.send((ids, key) => this.call(ids, { dryRun: false, key }))) this.phase = 'moved';
	}

	/** A gateway goes with its nodes in one step, or not at all; of many devices each goes by itself. */
	private call(ids: number[], how: How): Promise<Outcomes> {
		const [gateway] = this.devices;
		const body = { ...this.to, ...how };
		if (!this.nodes || !gateway) return transferMany(this.host, { deviceIds: ids, ...body });
		const nodeIds = ids.filter((id) => id !== gateway.id);
		return transferGateway(this.host, { deviceId: gateway.id, nodeIds, ...body });
	}

	/** Ends after the portion that is on its way. */
	stop(): void {
		this.portions.stop();
	}

	/** What was moved is where it was; of all of them where nothing was moved here. After a stop it goes on. */
	async undo(reason = this.reason): Promise<void> {
		this.reason = reason;
		if (this.halfUndone) this.sendAgain(this.rest.map(({ id }) => id));
		else this.begin(this.began === 'nothing' ? [...this.names.keys()] : this.done);
		this.begins('undo');
		const isSent = await this.send((deviceIds) => undoMoves(this.host, { deviceIds, reason }));
		if (isSent && this.rest.length === 0) this.phase = 'undone';
	}

	private begins(what: 'move' | 'undo'): void {
		this.began = what;
		if (this.at === 0) this.at = Date.now();
	}

	private begin(ids: readonly number[]): void {
		this.outcomes = [];
		this.begun = ids;
		this.sendAgain(ids);
	}

	private sendAgain(ids: readonly number[]): void {
		this.portions.begin(ids, this.nodes ? Math.max(1, ids.length) : PORTION);
	}

	private send(
		call: (ids: number[], key: string) => Promise<{ outcomes: DeviceOutcome[] }>
	): Promise<boolean> {
		return this.portions.send(async (ids, key) => {
			const { outcomes } = await call(ids, key);
			this.outcomes = [...this.outcomes, ...outcomes];
		});
	}
}
