// The fleet of devices that there are not, in a cloud that was started for tests. All reject with a HostError.

import type { Host } from './host';
import type { FleetNow, FleetTopology, StartFleet } from './wire';

export const fleetNow = (host: Host) => host.organization<FleetNow>('GET', 'fleet');
export const startFleet = (host: Host, body: StartFleet) =>
	host.organization<FleetNow>('POST', 'fleet/start', body);
export const stopFleet = (host: Host) => host.organization<FleetNow>('POST', 'fleet/stop');
export const deleteFleet = (host: Host) => host.organization<FleetNow>('POST', 'fleet/delete');
/** Saves what the fleet did last, to be played again. */
export const saveFleet = (host: Host) => host.download('fleet/recorded', 'handover-fleet.jsonl');

/** How a recording is played that does not say it itself, as those of old; and how fast any is. */
export interface Playing {
	topology: FleetTopology;
	gateways: number;
	/** Where chance began: where the nodes of a mesh are follows from it. */
	seed: number;
	speed: number;
}

/** Plays a recording; what the fleet did last, where the file is empty. */
export function playFleet(
	host: Host,
	file: Blob,
	{ topology, gateways, seed, speed }: Playing
): Promise<FleetNow> {
	const query = new URLSearchParams({
		topology,
		gateways: String(gateways),
		seed: String(seed),
		speed: String(speed)
	});
	return host.upload<FleetNow>(`fleet/play?${query}`, file);
}
