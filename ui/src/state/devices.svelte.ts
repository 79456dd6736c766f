// The list of devices: pages of it, a search, and what is known while the cloud cannot be reached.

import type { Host } from '../host';
import type { Device, ErrorBody } from '../host/wire';
import type { SessionStore } from './session.svelte';

const PAGE_SIZE = 50;
/** Milliseconds after the last key before a search is sent. */
const PAUSE = 250;
/** The cloud searches from this many characters on. */
export const SEARCH_FROM = 3;

export class DeviceList {
	rows = $state.raw<Device[]>([]);
	total = $state(0);
	/** Whether a search finds more than the total: the cloud counts so far. */
	countsOn = $state(false);
	/** False until the first answer came. */
	known = $state(false);
	loading = $state(false);
	error = $state.raw<ErrorBody | null>(null);
	search = $state('');
	/** The organization that the list is narrowed to, with those below it. */
	only = $state.raw<{ id: number; name: string } | null>(null);
	/** The device that was claimed last, to point it out. */
	newest = $state<number | null>(null);

	private pages = 0;
	/** Only the newest question's answer counts. */
	private asked = 0;
	private pause: ReturnType<typeof setTimeout> | undefined;
	private searched = '';

	constructor(
		private readonly host: Host,
		private readonly session: SessionStore
	) {}

	get hasMore(): boolean {
		return this.rows.length < this.total || (this.countsOn && this.rows.length >= this.pages * PAGE_SIZE);
	}

	/** What is searched for; nothing while it is too short. */
	get query(): string {
		const search = this.search.trim();
		return search.length < SEARCH_FROM ? '' : search;
	}

	/** Reads the list from its start. Never rejects: `error` says what went wrong. */
	async refresh(): Promise<void> {
		this.searched = this.query;
		await this.load(0);
	}

	async more(): Promise<void> {
		await this.load(this.pages);
	}

	/** Takes what was typed, and asks once the typing pauses. */
	find(search: string): void {
		this.search = search;
		clearTimeout(this.pause);
		if (this.query === this.searched) return;
		this.pause = setTimeout(() => void this.refresh(), PAUSE);
	}

	/** Shows those of one organization alone, or of all. */
	async narrow(only: { id: number; name: string } | null): Promise<void> {
		if (only?.id === this.only?.id) return;
		this.only = only;
		this.search = '';
		await this.refresh();
	}

	/** One device, from the cloud; the list shows it as it now is. Rejects with a HostError. */
	async one(id: number): Promise<Device> {
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

	forget(): void {
		this.asked += 1;
		this.rows = [];
		this.total = 0;
		this.countsOn = false;
		this.known = false;
		this.loading = false;
		this.error = null;
		this.search = '';
		this.searched = '';
		this.only = null;
		this.newest = null;
	}

	private put(device: Device): void {
		this.rows = this.rows.map((row) => (row.id === device.id ? device : row));
	}

	private async load(page: number): Promise<void> {
		const question = ++this.asked;
		this.loading = true;
		try {
			const orgId = this.only === null ? {} : { orgId: this.only.id };
			const answer = await this.host.devices({ search: this.searched, page, size: PAGE_SIZE, ...orgId });
			if (question !== this.asked) return;
			this.rows = page === 0 ? answer.content : merge(this.rows, answer.content);
			this.total = answer.totalElements;
			this.countsOn = answer.totalIsLowerBound ?? false;
			this.pages = page + 1;
			this.known = true;
			this.error = null;
		} catch (thrown) {
			const error = this.session.watch(thrown);
			if (question === this.asked) this.error = error;
		} finally {
			if (question === this.asked) this.loading = false;
		}
	}
}

/** A device that moved down between two pages is shown once. */
function merge(rows: readonly Device[], more: readonly Device[]): Device[] {
	const shown = new Set(rows.map(({ id }) => id));
	return [...rows, ...more.filter(({ id }) => !shown.has(id))];
}
