// The list of devices: pages of it, a search, and what is known while the cloud cannot be reached.

import type { Host } from '../host';
import type { Device, DeviceDetails, DeviceQuery, DeviceView } from '../host/wire';
import { isPlain } from './deviceView';
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
	/** In which order, and which of them. */
	view = $state.raw<DeviceView>({});
	/** What the address says is searched for, as it was last read or written. */
	addressed = '';
	/** The device that was claimed last, to point it out. */
	newest = $state<number | null>(null);

	constructor(
		private readonly host: Host,
		session: SessionStore
	) {
		super(session, (search, page, next) => {
			const after = next === undefined ? {} : { after: next };
			// What is asked for by its place is no page that is counted.
			return host.devices({ ...this.of(search), page: next ? 0 : page, size: PAGE_SIZE, ...after });
		});
	}

	/** What is searched for; nothing while it is too short. */
	override get query(): string {
		return super.query.length < SEARCH_FROM ? '' : super.query;
	}

	/** All that the list is of, whichever page: what is chosen and exported is what is shown, not what is being typed. */
	of(search = this.searched): Omit<DeviceQuery, 'page' | 'size'> {
		const orgId = this.only === null ? {} : { orgId: this.only.id };
		return { search, ...orgId, ...this.view };
	}

	/**
	 * Shows those of one organization alone, or of all, in this order and with these filters; and where an address says what
	 * is searched for, that.
	 */
	async show(only: { id: number; name: string } | null, view: DeviceView, search: string): Promise<void> {
		const elsewhere = only?.id !== this.only?.id;
		const sought = search !== this.addressed;
		if (!elsewhere && !sought && JSON.stringify(view) === JSON.stringify(this.view)) return;
		this.only = only;
		this.view = view;
		this.addressed = search;
		if (elsewhere || sought) this.search = search;
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
		// Elsewhere it has a place of its own, or none.
		if (!isPlain(this.view)) return void this.renew();
		this.rows = [device, ...this.rows];
		this.total += 1;
	}

	override forget(): void {
		super.forget();
		this.only = null;
		this.view = {};
		this.newest = null;
	}

	private put(device: Device): void {
		this.rows = this.rows.map((row) => (row.id === device.id ? device : row));
	}
}
