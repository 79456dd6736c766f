// What is scanned for a gateway becomes its node as soon as it is claimed: whoever scans it says both at once.

import { pairNode } from '../host/gateways';
import type { ErrorBody } from '../host/wire';
import { m } from '../paraglide/messages.js';
import type { App } from '../state/app.svelte';

type Node = { id: number; name: string };

export class Joining {
	/** Of the claim that was heard of last. */
	state = $state<'none' | 'busy' | 'joined' | 'refused'>('none');
	/** Why it is none: it was claimed all the same. */
	error = $state.raw<ErrorBody | null>(null);
	private claim = '';

	constructor(private readonly app: App) {}

	/** A claim, by its key, has its answer. Each is heard of once, however often its sheet is drawn. */
	begin(claim: string, node: Node): void {
		if (claim === this.claim) return;
		this.claim = claim;
		this.state = 'none';
		this.error = null;
		void this.join(node);
	}

	/** Makes it a node, or tries that again. */
	async join({ id, name }: Node): Promise<void> {
		const { app, claim } = this;
		const { gateway } = app;
		if (!gateway) return;
		this.state = 'busy';
		this.error = null;
		try {
			await pairNode(app.host, gateway.id, id);
			if (claim !== this.claim) return;
			this.state = 'joined';
			app.announcer.say(m.gateway_paired({ node: name, gateway: gateway.name }));
		} catch (thrown) {
			const error = app.session.watch(thrown);
			if (claim !== this.claim) return;
			this.state = 'refused';
			this.error = error;
		}
	}
}
