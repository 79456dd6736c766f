// The list of devices: pages of it, a search, and what is known while the cloud cannot be reached.

import type { Host } from '../host';
import type { Device, DeviceDetails } from '../host/wire';
import { PagedList } from './paged.svelte';
import type { SessionStore } from './session.svelte';

const PAGE_SIZE = 50;
/** The cloud searches from this many characters on. */
export const SEARCH_FROM = 3;
/** No name is longer. */
export const LONGEST_SEARCH = 100;

export class DeviceList extends PagedList<Device> {
	/** The organization that the list is narrowed to, with those below it. */
	only = $state.raw<{ id: number; name: string } | null>(null);
	/** The device that was claimed last, to point it out. */
	newest = $state<number | null>(null);

	constructor(
		private readonly host: Host,
		session: SessionStore
	) {
		super(session, (search, page) => {
			const orgId = this.only === null ? {} : { orgId: this.only.id };
			return host.devices({ search, page, size: PAGE_SIZE, ...orgId });
		});
	}

	/** What is searched for; nothing while it is too short. */
	override get query(): string {
		return super.query.length < SEARCH_FROM ? '' : super.query;
	}

	/** Shows those of one organization alone, or of all. */
	async narrow(only: { id: number; name: string } | null): Promise<void> {
		if (only?.id === this.only?.id) return;
		this.only = only;
		this.search = '';
		await this.refresh();
	}

	/** One device with its values, from the cloud; the list shows it as it now is. Rejects with a HostError. */
	async one(id: number): Promise<DeviceDetails> {
		const device = await this.host.device(id);
		this.put(device);
		return device;
	}

	/** Rejects with a HostError. */
	async rename(id: number, name: string): Promise<Device> {
		const device = await this.host.renameDevice(id, name);
		this.put(device);
		return device;
	}

	/** Shows a device that was just claimed, without waiting for the list. */
	add(device: Device): void {
		this.newest = device.id;
		if (this.rows.some(({ id }) => id === device.id)) return this.put(device);
		this.rows = [device, ...this.rows];
		this.total += 1;
	}

	override forget(): void {
		super.forget();
		this.only = null;
		this.newest = null;
	}

	private put(device: Device): void {
		this.rows = this.rows.map((row) => (row.id === device.id ? device : row));
	}
}
