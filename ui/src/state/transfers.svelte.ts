// The moves of a moment ago, and those that are under way, whether or not anybody has them open: what closes is not stopped.

import type { Transfer } from './transfer.svelte';

/** Milliseconds in which a move can be undone, as the cloud has it. */
const UNDO = 10 * 60_000;

export class Transfers {
	list = $state.raw<readonly Transfer[]>([]);

	/** `refresh` reads the devices again, which are elsewhere now. */
	constructor(private readonly refresh: () => Promise<void>) {}

	/** Until when it can be undone. */
	static until(transfer: Transfer): number {
		return transfer.at + UNDO;
	}

	async move(transfer: Transfer): Promise<void> {
		this.keep(transfer);
		await transfer.move();
		await this.ended(transfer);
	}

	/** Undoes it, or goes on with that; `reason` is the one before where it is left out. */
	async undo(transfer: Transfer, reason?: string): Promise<void> {
		this.keep(transfer);
		await transfer.undo(reason);
		await this.ended(transfer);
	}

	/** Nobody has it open any more. What is under way goes on. */
	close(transfer: Transfer): void {
		transfer.open = false;
		const isNothing = transfer.isOver || (transfer.began === 'move' && transfer.done.length === 0);
		if (!transfer.busy && isNothing) this.drop(transfer);
	}

	drop(transfer: Transfer): void {
		this.list = this.list.filter((other) => other !== transfer);
	}

	/** What is on its way is the last of it. */
	forget(): void {
		for (const transfer of this.list) transfer.stop();
		this.list = [];
	}

	/** It stands for what was moved before it; what is under way, or ended half-way, stays in sight. */
	private keep(transfer: Transfer): void {
		const others = this.list.filter((other) => other !== transfer && (other.busy || other.rest.length > 0));
		this.list = [...others, transfer];
	}

	/** Whoever has it open sees what became of it; others read it over the list. */
	private async ended(transfer: Transfer): Promise<void> {
		if (transfer.open && transfer.isOver) this.drop(transfer);
		await this.refresh();
	}
}
