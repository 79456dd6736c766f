// A gateway's mesh is drawn as it is heard, for whoever sees it and whoever does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fits, go, isAccessible, LOOKS, mistakes, open, PHONE, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, gone } from './support/wait.js';

const at = stage();

const scene = { nodes: [], sequence: 0 };

async function called(user, method, path, body) {
	const answer = await at.cloud.call(at.cloud.user(user), method, path, body);
	assert.ok(answer.ok, `${path}: ${answer.status}`);
	return answer.status === 204 ? null : answer.json();
}

/** What a gateway asks for or tells. */
async function gateway(path, body) {
	const answer = await fetch(new URL(`/external/api/gateway/${path}`, at.cloud.url), {
		method: body ? 'POST' : 'GET',
		headers: { 'X-Gateway-Token': scene.token, 'Content-Type': 'application/json' },
		body: body && JSON.stringify(body)
	});
	assert.equal(answer.status, 200, path);
	return answer.json();
}

/** A node is heard by way of some relays, each a node or a stranger's address. */
async function heard(node, relays) {
	scene.sequence += 1;
	const path = relays.map((relay, index) => ({
		relay: typeof relay === 'string' ? relay : scene.nodes[relay].short,
		signal: -60 - 8 * index
	}));
	const { results } = await gateway('mesh', {
		items: [
			{
				kind: 'message',
				deviceId: scene.nodes[node].id,
				derivation: 1,
				life: 7,
				sequence: String(scene.sequence),
				path,
				signal: -58 - 3 * node,
				heardAt: Date.now(),
				values: { V1: 20 + node }
			}
		]
	});
	assert.deepEqual(results, [{ state: 'kept' }]);
}

/** A gateway with eight nodes of the customer's, in three rows. */
async function prepare() {
	const datastreams = [{ pin: 1, name: 'Moisture', dataType: { kind: 'double' } }];
	const make = (name, switched) => called(1, 'POST', 'template', { name, datastreams, ...switched });
	const hub = await make('Hub', { gatewayApi: true });
	const probe = await make('Mesh probe', { mesh: true });
	scene.template = probe.templateId;
	const { id: ownerId, orgId } = await called(3, 'GET', 'user/profile');
	const device = (templateId, name) =>
		called(1, 'POST', 'device/create', { templateId, orgId, ownerId, name });
	scene.gateway = await device(hub.templateId, 'Barn hub');
	scene.token = (await called(1, 'GET', `device/token?deviceId=${scene.gateway.id}`)).token;
	for (let index = 0; index < 8; index += 1) {
		const node = await device(probe.templateId, `Bed ${index + 1}`);
		await called(3, 'POST', 'gateway/pair', { gatewayId: scene.gateway.id, nodeId: node.id });
		scene.nodes.push(node);
	}
	const { nodes } = await gateway('nodes');
	for (const node of scene.nodes) {
		const found = nodes.find(({ deviceId }) => deviceId === node.id);
		assert.equal(found.token, null);
		node.short = found.mesh.address.slice(0, 4);
	}
	for (const [node, relays] of [
		[0, []],
		[1, []],
		[2, [0]],
		[3, [1]],
		[4, [2, 0]],
		[5, [3, 1]],
		[6, ['f00d', 1]]
	]) {
		await heard(node, relays);
	}
}

test('the mesh is drawn, live, and can be read and walked through', async () => {
	await prepare();
	const path = `/devices/${scene.gateway.id}`;
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await go(page, path);
	const mesh = page.getByRole('region', { name: 'Mesh' });
	await mesh.getByRole('link', { name: /^Bed 5 Online\s+3 hops to the gateway$/ }).waitFor();
	await mesh.getByText(/nobody proves that/).waitFor();
	await mesh.getByText('Relay f00d', { exact: true }).waitFor();
	await gone(mesh.getByRole('link', { name: /Bed 8/ }));
	// The text says what the drawing does.
	await mesh.getByText('Ways of the last messages, as a list').click();
	await mesh
		.getByText(/Bed 5\s*› Bed 3 \(-60\sdBm\)\s*› Bed 1 \(-68\sdBm\)\s*› Barn hub \(-70\sdBm\)/)
		.waitFor();
	// Somebody's way is shown while they have the focus, and the keyboard gets there.
	const far = mesh.getByRole('link', { name: /^Bed 5/ });
	await far.focus();
	await eventually(async () => assert.equal(await mesh.locator('line.way').count(), 3));
	await page.keyboard.press('Tab');
	await eventually(async () => assert.ok(!(await far.evaluate((link) => link === document.activeElement))));
	await isAccessible(page);
	// What is heard now shows by itself.
	await heard(7, [4, 2, 0]);
	await mesh.getByRole('link', { name: /^Bed 8 Online\s+4 hops/ }).waitFor();
	for (const { name, ...look } of LOOKS) {
		const other = await open(at.browser, look);
		await signIn(other, at.cloud.url);
		await go(other, path);
		const region = other.getByRole('region', { name: 'Mesh' });
		await region.getByText('Bed 8', { exact: true }).first().waitFor();
		await region.scrollIntoViewIfNeeded();
		await picture(other, `mesh-${name}`);
		await fits(other);
		await other.context().close();
	}
	// By the keyboard to the node, which has its own way alone.
	await far.focus();
	await page.keyboard.press('Enter');
	const own = page.getByRole('region', { name: 'Way through the mesh' });
	await own.getByRole('link', { name: /^Barn hub/ }).waitFor();
	await gone(own.getByText('Bed 2'));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('long names that begin alike are told apart, and every row says how far away it is', async () => {
	const long = (end) => `Greenhouse seven north wall moisture probe no ${end}`;
	const rename = (node, name) => called(3, 'PUT', `device?deviceId=${scene.nodes[node].id}`, { name });
	await rename(0, long(1));
	await rename(1, long(2));
	const page = await open(at.browser, { viewport: PHONE });
	await signIn(page, at.cloud.url);
	await go(page, `/devices/${scene.gateway.id}`);
	const mesh = page.getByRole('region', { name: 'Mesh' });
	// Both are heard, and found, by their whole names.
	await mesh.getByRole('link', { name: new RegExp(`^${long(1)} Online`) }).waitFor();
	await mesh.getByRole('link', { name: new RegExp(`^${long(2)} Online`) }).waitFor();
	for (const end of [1, 2]) await mesh.getByText(new RegExp(`^Greenh.*….* ${end}$`)).waitFor();
	for (const far of ['one hop', '2 hops', '3 hops']) {
		await mesh.getByText(`${far} to the gateway`, { exact: true }).first().waitFor();
	}
	await isAccessible(page);
	await fits(page);
	await mesh.scrollIntoViewIfNeeded();
	await picture(page, 'mesh-long-names-phone');
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test("a template is a mesh's or a gateway's", async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url, 'Maker');
	await go(page, `/templates/${scene.template}`);
	await page.getByText('by mesh, as a node').waitFor();
	await page.getByRole('button', { name: 'Name and description' }).click();
	const sheet = page.getByRole('dialog');
	const [hub, mesh] = ['Enable for Gateway API', 'Reached by mesh'].map((name) =>
		sheet.getByRole('checkbox', { name })
	);
	const checked = (...wanted) =>
		eventually(async () => assert.deepEqual([await hub.isChecked(), await mesh.isChecked()], wanted));
	await checked(false, true);
	await hub.check();
	await checked(true, false);
	await sheet.getByText(/get other keys with this/).waitFor();
	await hub.uncheck();
	await sheet.getByRole('button', { name: 'Save' }).click();
	await sheet.waitFor({ state: 'detached' });
	await page.getByText('by mesh, as a node').waitFor({ state: 'detached' });
	const { nodes } = await gateway('nodes');
	assert.ok(nodes.every(({ derivation, token, mesh }) => derivation === 2 && token && mesh === null));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
