// The devices that somebody is choosing, to do one thing with all of them. They stay chosen from page to page, as long as the list is of the same.

import type { Host } from '../host';
import type { Device, DeviceQuery } from '../host/wire';

/** A device as far as a list of chosen ones shows it. */
export type Chosen = Pick<Device, 'id' | 'name'>;

/** Rows that are asked for at once. */
const PAGE = 1_000;

export class Selection {
	/** Whether the list shows boxes to tick. */
	active = $state(false);
	/** Names by number. */
	private chosen = $state.raw<ReadonlyMap<number, string>>(new Map());

	constructor(private readonly host: Host) {}

	get size(): number {
		return this.chosen.size;
	}

	get devices(): Chosen[] {
		return [...this.chosen].map(([id, name]) => ({ id, name }));
	}

	has(id: number): boolean {
		return this.chosen.has(id);
	}

	toggle({ id, name }: Chosen): void {
		const next = new Map(this.chosen);
		if (!next.delete(id)) next.set(id, name);
		this.chosen = next;
	}

	/** Takes all that a list holds, beyond what was read of it. Rejects with a HostError. */
	async all(of: Omit<DeviceQuery, 'page' | 'size'>): Promise<void> {
		const next = new Map(this.chosen);
		let after: string | undefined;
		for (let page = 0, more = true; more; page += 1) {
			const place = after === undefined ? { page } : { page: 0, after };
			const answer = await this.host.devices({ ...of, ...place, size: PAGE });
			for (const { id, name } of answer.content) next.set(id, name);
			more = answer.content.length === PAGE;
			after = answer.next;
		}
		this.chosen = next;
	}

	/** Nothing is chosen any more; what is chosen next is. */
	clear(): void {
		this.chosen = new Map();
	}

	/** Nothing is chosen, and nothing is to be. */
	end(): void {
		this.chosen = new Map();
		this.active = false;
	}
}
