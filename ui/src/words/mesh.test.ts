import { describe, expect, it } from 'vitest';

import type { Mesh, MeshNode, MeshNodeKind } from '../host/wire';
import { linksOf, meshName, planOf, widthOf } from './mesh';

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
			['a', 100, 132, 1],
			['b', 300, 132, 1],
			['c', 200, 220, 2]
		]);
	});

	it('has more rows where there is less room', () => {
		expect(placed(100).map(([id, x, y]) => [id, x, y])).toEqual([
			['gateway', 50, 44],
			['a', 50, 132],
			['b', 50, 220],
			['c', 50, 308]
		]);
		expect(planOf(mesh, 100).height).toBe(352);
	});

	it('is empty where there is nobody', () => {
		expect(planOf({ nodes: [], links: [], routes: [] }, 300)).toEqual({ places: [], links: [], height: 0 });
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
