// A mesh as a drawing: where everybody stands, and what it says in words.

import type { Mesh, MeshLink, MeshNode, MeshRoute } from '../host/wire';
import { m } from '../paraglide/messages.js';

/** Somebody's place: the middle and how wide it is, in pixels, and how many hops it is to the gateway. */
export interface Place {
	node: MeshNode;
	x: number;
	y: number;
	room: number;
	hops: number;
}

/** A mesh that is drawn. */
export interface Plan {
	places: Place[];
	links: MeshLink[];
	height: number;
}

/** Pixels that each of a row has at the least, at the most, and that each row has. */
export const CELL = { width: 96, most: 208, height: 88 } as const;

export const linkKey = ({ from, to }: Pick<MeshLink, 'from' | 'to'>): string => `${from}>${to}`;

/** How many hops everybody is from the gateway: the fewest that somebody was heard over. */
function hopsOf(mesh: Mesh): Map<string, number> {
	const hops = new Map<string, number>();
	let row = mesh.nodes.filter(({ kind }) => kind === 'gateway').map(({ id }) => id);
	for (let depth = 0; row.length > 0; depth += 1) {
		for (const id of row) hops.set(id, depth);
		const heard = mesh.links.filter(({ from, to }) => hops.get(to) === depth && !hops.has(from));
		row = [...new Set(heard.map(({ from }) => from))];
	}
	return hops;
}

/**
 * Puts a mesh into this width: the gateway above, below it a row for each number of hops, and more than one where they are
 * too many. Within a row they stand about where those stand who heard them. Whoever was not heard by mesh is left out.
 */
export function planOf(mesh: Mesh, width: number): Plan {
	const hops = hopsOf(mesh);
	const most = Math.max(1, Math.floor(width / CELL.width));
	const x = new Map<string, number>();
	const places: Place[] = [];
	let y = CELL.height / 2;
	for (const depth of [...new Set(hops.values())].sort((a, b) => a - b)) {
		const pull = (id: string): number => {
			const above = mesh.links.filter(({ from, to }) => from === id && (hops.get(to) ?? depth) < depth);
			const all = above.map(({ to }) => x.get(to) ?? width / 2);
			return all.length === 0 ? width / 2 : all.reduce((sum, one) => sum + one, 0) / all.length;
		};
		const there = mesh.nodes.filter(({ id }) => hops.get(id) === depth);
		const row = there.map((node) => ({ node, pull: pull(node.id) }));
		row.sort((a, b) => a.pull - b.pull || a.node.id.localeCompare(b.node.id));
		for (let start = 0; start < row.length; start += most) {
			const part = row.slice(start, start + most);
			part.forEach(({ node }, index) => {
				const at = ((index + 0.5) * width) / part.length;
				x.set(node.id, at);
				places.push({ node, x: at, y, room: Math.min(CELL.most, width / part.length), hops: depth });
			});
			y += CELL.height;
		}
	}
	return { places, links: mesh.links, height: Math.max(y - CELL.height / 2, 0) };
}

/** What somebody is called. */
export function meshName({ name, relay, kind }: MeshNode): string {
	if (name !== null) return name;
	return kind === 'gateway' ? m.gateway_of_node() : m.mesh_relay({ address: relay ?? '' });
}

/** The links of a way, by their keys. */
export function linksOf(mesh: Mesh, { deviceId, hops }: MeshRoute): Set<string> {
	let from = mesh.nodes.find((node) => node.deviceId === deviceId && node.kind === 'node')?.id ?? '';
	const keys = hops.map(({ id }) => {
		const key = linkKey({ from, to: id });
		from = id;
		return key;
	});
	return new Set(keys);
}

/** How wide a line is drawn: from 1 where a signal is all but lost, at -110 dBm, to 4 at -50 and above. */
export const widthOf = (signal: number): number => 1 + 3 * Math.min(1, Math.max(0, (signal + 110) / 60));
