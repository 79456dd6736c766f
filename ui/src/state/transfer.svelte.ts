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
	/** Of those that were sent in this phase, each with what became of it. */
	outcomes = $state.raw<DeviceOutcome[]>([]);
	/** What began to be done, whether or not all of it is: nothing, moving, or undoing that. */
	began = $state<'nothing' | 'move' | 'undo'>('nothing');

	/** The nodes that go with the one device, where it is a gateway and they do. */
	nodes = $state.raw<Chosen[] | null>(null);

	private to: To = {};
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
		return this.portions.total;
	}

	private get names(): ReadonlyMap<number, string> {
		return new Map([...this.devices, ...(this.nodes ?? [])].map(({ id, name }) => [id, name]));
	}

	/** Those that are moved, or would be. */
	get done(): number[] {
		return this.outcomes.filter(({ error }) => !error).map(({ deviceId }) => deviceId);
	}

	/** Those that are moved, or back, with their names. */
	get moved(): Chosen[] {
		return this.done.map((id) => ({ id, name: this.names.get(id) ?? String(id) }));
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
	async preview(to: To): Promise<void> {
		this.to = to;
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
		this.began = 'move';
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

	/** What was moved is where it was; of all of them where nothing was moved here. */
	async undo(reason = ''): Promise<void> {
		if (!this.portions.hasRest) this.begin(this.began === 'nothing' ? [...this.names.keys()] : this.done);
		this.began = 'undo';
		if (await this.send((deviceIds) => undoMoves(this.host, { deviceIds, reason }))) this.phase = 'undone';
	}

	private begin(ids: readonly number[]): void {
		this.outcomes = [];
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
