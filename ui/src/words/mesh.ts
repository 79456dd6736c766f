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

/** All that are as many hops away, in one row or more: where they begin and how high they are, in pixels. */
export interface Band {
	hops: number;
	y: number;
	height: number;
}

/** A mesh that is drawn. */
export interface Plan {
	places: Place[];
	/** The gateway's is not among them. */
	bands: Band[];
	links: MeshLink[];
	height: number;
}

/** Pixels that each of a row has at the least, at the most, and that each row has. */
export const CELL = { width: 96, most: 208, height: 88 } as const;
/** Pixels above the rows of a band, which say what it is. */
export const HEAD = 28;

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
 * too many, under one heading. Within a row they stand about where those stand who heard them. Whoever was not heard by mesh is left out.
 */
export function planOf(mesh: Mesh, width: number): Plan {
	const hops = hopsOf(mesh);
	const most = Math.max(1, Math.floor(width / CELL.width));
	const x = new Map<string, number>();
	const places: Place[] = [];
	const bands: Band[] = [];
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
		const top = y - CELL.height / 2;
		if (depth > 0) y += HEAD;
		for (let start = 0; start < row.length; start += most) {
			const part = row.slice(start, start + most);
			part.forEach(({ node }, index) => {
				const at = ((index + 0.5) * width) / part.length;
				x.set(node.id, at);
				places.push({ node, x: at, y, room: Math.min(CELL.most, width / part.length), hops: depth });
			});
			y += CELL.height;
		}
		if (depth > 0) bands.push({ hops: depth, y: top, height: y - CELL.height / 2 - top });
	}
	return { places, bands, links: mesh.links, height: Math.max(y - CELL.height / 2, 0) };
}

/** What somebody is called. */
export function meshName({ name, relay, kind }: MeshNode): string {
	if (name !== null) return name;
	return kind === 'gateway' ? m.gateway_of_node() : m.mesh_relay({ address: relay ?? '' });
}

/** Pixels of a letter, about, and of the room that stays beside a name. */
const [LETTER, BESIDE] = [9, 8];
/** Lines that a name has room for below its dot. */
const LINES = 2;

/** A name as it is drawn: whole where there is room for it; `tight` where its lines are to be filled to their ends. */
export interface Drawn {
	text: string;
	tight: boolean;
}

/** How many lines a text takes whose words stay whole. */
function linesOf(text: string, each: number): number {
	let [lines, used] = [1, 0];
	for (const { length } of text.split(' ')) {
		if (used > 0 && used + 1 + length > each) [lines, used] = [lines + 1, 0];
		used += length + (used > 0 ? 1 : 0);
		lines += Math.floor(Math.max(0, used - 1) / each);
		used = used === 0 ? 0 : ((used - 1) % each) + 1;
	}
	return lines;
}

/** As much as fits of a name: its beginning and its end, between which most names are the same. */
function middleOut(name: string, most: number): string {
	const letters = [...name];
	if (letters.length <= most) return name;
	const end = Math.floor((most - 1) / 2);
	return `${letters.slice(0, most - 1 - end).join('')}…${letters.slice(letters.length - end).join('')}`;
}

/** As much as fits of a name, from a little before it differs from the others on. */
function fromDifference(name: string, others: readonly string[], most: number): string {
	const letters = [...name];
	const same = (other: string) => {
		const theirs = [...other];
		const differs = letters.findIndex((letter, index) => letter !== theirs[index]);
		return differs < 0 ? letters.length : differs;
	};
	const first = Math.max(0, Math.max(...others.map(same)) - Math.floor(most / 2));
	const part = letters.slice(first, first + most - 2);
	return `…${part.join('')}${first + part.length < letters.length ? '…' : ''}`;
}

/** Names for this much room, by who has them: what is cut keeps what tells it from the others. */
export function drawnNames(
	names: ReadonlyMap<string, string>,
	room: ReadonlyMap<string, number>
): Map<string, Drawn> {
	const eachOf = (id: string) => Math.max(4, Math.floor(((room.get(id) ?? CELL.width) - BESIDE) / LETTER));
	const cut = new Map([...names].map(([id, name]) => [id, middleOut(name, LINES * eachOf(id))]));
	/** Whose names look the same once they are cut. */
	const alike = new Map<string, Set<string>>();
	for (const [id, name] of names) {
		const short = cut.get(id) ?? name;
		alike.set(short, (alike.get(short) ?? new Set()).add(name));
	}
	const drawn = ([id, name]: [string, string]): [string, Drawn] => {
		const [short, each] = [cut.get(id) ?? name, eachOf(id)];
		const others = [...(alike.get(short) ?? [])].filter((other) => other !== name);
		const isAlone = short === name || others.length === 0;
		const text = isAlone ? short : fromDifference(name, others, LINES * each);
		return [id, { text, tight: text !== name || linesOf(name, each) > LINES }];
	};
	return new Map([...names].map(drawn));
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
