// What a tester types of a fleet, and what that asks the cloud for.

import type { Playing } from '../host/fleet';
import type { FleetTopology, StartFleet } from '../host/wire';

/** Devices of a fleet at the most. */
export const MOST_DEVICES = 10_000;

/** Devices of one gateway where nobody says how many gateways there are, and at the most. */
export const EACH_GATEWAY: Readonly<Record<FleetTopology, readonly [number, number]>> = {
	direct: [MOST_DEVICES, MOST_DEVICES],
	hub: [100, 1_000],
	mesh: [25, 100]
};

/** As it is typed. */
export interface FleetFields {
	topology: FleetTopology;
	count: string;
	gateways: string;
	seconds: string;
	every: string;
	speed: string;
	seed: string;
	signals: string;
	failures: string;
}

export const FIRST_FIELDS: Readonly<FleetFields> = {
	topology: 'direct',
	count: '100',
	gateways: '',
	seconds: '60',
	every: '10',
	speed: '1',
	seed: '1',
	signals: 'V1=moisture V2=temperature',
	failures: ''
};

const NUMBERS = ['count', 'gateways', 'seconds', 'every', 'speed', 'seed'] as const;
export type FleetNumber = (typeof NUMBERS)[number];

export interface FleetRead {
	/** Fields that hold no number that can be. */
	wrong: ReadonlySet<FleetNumber>;
	/** What is asked for where all can be. */
	start: StartFleet | null;
	/** How a recording is played: what cannot be counts as the least. */
	playing: Playing;
}

function within(text: string, least: number, most: number): number | null {
	const value = Number(text.trim().replace(',', '.'));
	return text.trim() !== '' && value >= least && value <= most ? value : null;
}

function whole(text: string, least: number, most: number): number | null {
	const value = within(text, least, most);
	return value !== null && Number.isInteger(value) ? value : null;
}

const listed = (text: string) => text.split(/[\s,;]+/).filter((one) => one !== '');

/** How many gateways there are: none, those that are asked for, or as many as such a fleet has. */
function gatewaysOf({ topology, gateways }: FleetFields, devices: number): number | null {
	if (topology === 'direct') return 0;
	const [each, most] = EACH_GATEWAY[topology];
	return gateways.trim() === ''
		? Math.ceil(devices / each)
		: whole(gateways, Math.ceil(devices / most), devices);
}

/** What was typed means. */
export function readFleet(fields: FleetFields): FleetRead {
	const { topology } = fields;
	const count = whole(fields.count, 1, MOST_DEVICES);
	const read: Record<FleetNumber, number | null> = {
		count,
		gateways: gatewaysOf(fields, count ?? 1),
		seconds: whole(fields.seconds, 1, 2_592_000),
		every: within(fields.every, 0.05, 86_400),
		speed: within(fields.speed, 0.001, 10_000),
		seed: whole(fields.seed, 0, 2 ** 32 - 1)
	};
	const wrong = new Set(NUMBERS.filter((name) => read[name] === null));
	const { gateways, seconds, every, speed, seed } = read;
	const byGateways = topology !== 'direct';
	const start: StartFleet = {
		topology,
		count: count ?? 1,
		...(byGateways ? { gateways: gateways ?? 1 } : {}),
		seed: seed ?? 0,
		seconds: seconds ?? 1,
		every: every ?? 1,
		speed: speed ?? 1,
		signals: listed(fields.signals),
		failures: listed(fields.failures)
	};
	return {
		wrong,
		start: wrong.size === 0 ? start : null,
		playing: { topology, gateways: byGateways ? (gateways ?? 1) : 0, seed: seed ?? 0, speed: speed ?? 1 }
	};
}
