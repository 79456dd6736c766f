import { describe, expect, it } from 'vitest';

import type { Mesh, MeshNode, MeshNodeKind } from '../host/wire';
import { drawnNames, linksOf, meshName, planOf, widthOf } from './mesh';

function node(id: string, kind: MeshNodeKind = 'node', rest: Partial<MeshNode> = {}): MeshNode {
	return { id, kind, deviceId: null, name: id, state: null, relay: null, ...rest };
}

function link(from: string, to: string) {
	return { from, to, signal: -70, heardAt: 1, isHeardByGateway: to === 'gateway' };
}

const mesh: Mesh = {
	nodes: [
		node('gateway', 'gateway'),
		node('a'),
		node('b'),
		node('c', 'node', { deviceId: 3 }),
		node('silent')
	],
	links: [link('b', 'gateway'), link('a', 'gateway'), link('c', 'b'), link('b', 'a')],
	routes: [
		{
			deviceId: 3,
			heardAt: 1,
			hops: [
				{ id: 'b', signal: -70 },
				{ id: 'gateway', signal: -80 }
			]
		}
	]
};

const placed = (width: number) =>
	planOf(mesh, width).places.map(({ node: { id }, x, y, hops }) => [id, x, y, hops]);

describe('a plan', () => {
	it('has a row for each number of hops, and whoever was heard', () => {
		expect(placed(400)).toEqual([
			['gateway', 200, 44, 0],
			['a', 100, 160, 1],
			['b', 300, 160, 1],
			['c', 200, 276, 2]
		]);
	});

	it('has more rows where there is less room', () => {
		expect(placed(100).map(([id, x, y]) => [id, x, y])).toEqual([
			['gateway', 50, 44],
			['a', 50, 160],
			['b', 50, 248],
			['c', 50, 364]
		]);
		expect(planOf(mesh, 100).height).toBe(408);
	});

	it('has all that are as many hops away in one band, however many rows they take', () => {
		expect(planOf(mesh, 400).bands).toEqual([
			{ hops: 1, y: 88, height: 116 },
			{ hops: 2, y: 204, height: 116 }
		]);
		expect(planOf(mesh, 100).bands).toEqual([
			{ hops: 1, y: 88, height: 204 },
			{ hops: 2, y: 292, height: 116 }
		]);
	});

	it('is empty where there is nobody', () => {
		expect(planOf({ nodes: [], links: [], routes: [] }, 300)).toEqual({
			places: [],
			bands: [],
			links: [],
			height: 0
		});
	});
});

/** Names as they are drawn in so many pixels each. */
function drawn(room: number, ...names: string[]) {
	const all = new Map(names.map((name, index) => [String(index), name]));
	const found = drawnNames(all, new Map(names.map((_, index) => [String(index), room])));
	return [...found.values()].map(({ text, tight }) => (tight ? `${text} |` : text));
}

describe('a name that is too long', () => {
	it('keeps its beginning and its end', () => {
		const names = ['Greenhouse north moisture probe 1', 'Greenhouse north moisture probe 2'];
		expect(drawn(96, ...names)).toEqual(['Greenhous… probe 1 |', 'Greenhous… probe 2 |']);
		expect(drawn(208, 'Greenhouse north moisture probe 1')).toEqual(['Greenhouse north moisture probe 1']);
	});

	it('keeps what tells it from others that begin and end as it does', () => {
		const [one, other] = drawn(96, 'Greenhouse 1 moisture probe north', 'Greenhouse 2 moisture probe north');
		expect(one).toContain('1');
		expect(other).toContain('2');
	});

	it('fills its lines where whole words would need one more', () => {
		expect(drawn(96, 'Bed A greenhou 12')).toEqual(['Bed A greenhou 12 |']);
		expect(drawn(96, 'Bed A', 'Tomato bed')).toEqual(['Bed A', 'Tomato bed']);
	});

	it('stays as it is where two have the same', () => {
		const name = 'Greenhouse north moisture probe 1';
		expect(new Set(drawn(96, name, name)).size).toBe(1);
	});
});

it('a way is the links of its hops', () => {
	expect([...mesh.routes.map((route) => [...linksOf(mesh, route)])]).toEqual([['c>b', 'b>gateway']]);
});

it('everybody is called something', () => {
	expect(meshName(node('x'))).toBe('x');
	expect(meshName(node('relay ab12', 'relay', { name: null, relay: 'ab12' }))).toContain('ab12');
	expect(meshName(node('gateway', 'gateway', { name: null }))).not.toBe('');
});

it.each([
	[-128, 1],
	[-110, 1],
	[-80, 2.5],
	[-50, 4],
	[0, 4]
])('a signal of %d is a line of %d', (signal, width) => expect(widthOf(signal)).toBe(width));
