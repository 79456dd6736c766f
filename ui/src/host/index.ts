// Picks the host by what the page runs in. The hosts load on demand: neither carries the other's code.

import type { Host } from './host';

export async function connect(): Promise<Host> {
	if ('__TAURI_INTERNALS__' in window) {
		const { connectTauri } = await import('./tauri');
		return connectTauri();
	}
	const { connectWeb } = await import('./web');
	return connectWeb();
}

export * from './host';
