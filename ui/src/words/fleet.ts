// A fleet of devices in words.

import type { FleetFailure, FleetNow, FleetPhase, FleetTopology } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { number } from './dates';
import { known } from './known';

const TOPOLOGIES: Readonly<Record<FleetTopology, () => string>> = {
	direct: m.fleet_topology_direct,
	hub: m.fleet_topology_hub,
	mesh: m.fleet_topology_mesh
};

const PHASES: Readonly<Record<FleetPhase, () => string>> = {
	idle: m.fleet_idle,
	making: m.fleet_making,
	pairing: m.fleet_pairing,
	running: m.fleet_running,
	ended: m.fleet_ended,
	stopped: m.fleet_stopped,
	failed: m.fleet_failed,
	deleting: m.fleet_deleting
};

const FAILURES: Readonly<Record<FleetFailure, () => string>> = {
	device_limit: m.fleet_failure_device_limit,
	not_made: m.fleet_failure_not_made,
	not_paired: m.fleet_failure_not_paired,
	not_recorded: m.fleet_failure_not_recorded,
	broken: m.fleet_failure_broken
};

export const fleetTopologies = Object.keys(TOPOLOGIES) as FleetTopology[];
export const topologyName = (topology: FleetTopology) => known(TOPOLOGIES, topology, m.unknown_name)();
export const phaseName = (phase: FleetPhase) => known(PHASES, phase, m.unknown_name)();
export const fleetFailureName = (failure: FleetFailure) => known(FAILURES, failure, m.unknown_name)();

/** Whether something is under way. */
export const isBusy = (phase: FleetPhase) => ['making', 'pairing', 'running', 'deleting'].includes(phase);

/** Why the cloud refuses some of what it says, where that was asked for; nothing where it refuses nothing. */
export function refusedWhy({ refused, wanted }: FleetNow): string | null {
	const isWrong = wanted?.failures.some((one) => one.startsWith('clock-wrong')) ?? false;
	return refused > 0 && isWrong ? m.fleet_refused_clock() : null;
}

/** How far it is. */
export function fleetFacts(now: FleetNow): string {
	const facts = [
		m.fleet_there({ there: number(now.there) }),
		m.fleet_sent({ sent: number(now.sent) }),
		now.arrived > 0 ? m.fleet_arrived({ arrived: number(now.arrived) }) : null,
		now.told > 0 ? m.fleet_told({ told: number(now.told) }) : null,
		now.unsent > 0 ? m.fleet_unsent({ unsent: number(now.unsent) }) : null,
		now.refused > 0 ? m.fleet_refused({ refused: number(now.refused) }) : null,
		now.broken > 0 ? m.fleet_broken({ broken: number(now.broken) }) : null,
		now.strangers > 0 ? m.fleet_strangers({ strangers: number(now.strangers) }) : null
	];
	return facts.filter((fact) => fact !== null).join(' · ');
}
