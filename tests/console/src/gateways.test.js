// A gateway's page: nodes are added by their label, ask to join, move, and go.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fits, go, isAccessible, LOOKS, mistakes, open, picture, signIn } from './support/browser.js';
import { stage } from './support/stage.js';
import { eventually, focused } from './support/wait.js';

const at = stage();

/** What the maker's administrator makes. */
async function made(path, body) {
	const answer = await at.cloud.call(at.cloud.user(1), 'POST', path, body);
	assert.equal(answer.status, 201, path);
	return answer.json();
}

const scene = {};

/** Two gateways of the customer's. */
async function prepare() {
	const datastreams = [{ pin: 1, name: 'Moisture', dataType: { kind: 'double' } }];
	const { templateId } = await made('template', { name: 'Hub', gatewayApi: true, datastreams });
	const profile = await at.cloud.call(at.cloud.user(3), 'GET', 'user/profile');
	const { id: ownerId, orgId } = await profile.json();
	for (const name of ['Barn hub', 'Field hub']) {
		scene[name] = await made('device/create', { templateId, orgId, ownerId, name });
	}
	const token = await at.cloud.call(at.cloud.user(1), 'GET', `device/token?deviceId=${scene['Barn hub'].id}`);
	scene.token = (await token.json()).token;
}

/** A node asks the gateway that hears it. */
async function asks(node) {
	const answer = await fetch(new URL('/external/api/gateway/join', at.cloud.url), {
		method: 'POST',
		headers: { 'X-Gateway-Token': scene.token, 'X-Node-Token': node }
	});
	return (await answer.json()).state;
}

/** What a node says by its gateway. */
async function says(node, query) {
	const to = new URL(`/external/api/update?token=${node}&${query}`, at.cloud.url);
	const answer = await fetch(to, { headers: { 'X-Gateway-Token': scene.token } });
	assert.equal(answer.status, 200);
}

const unclaimed = () => at.cloud.demo.tokens.filter(({ status }) => status === 'UNCLAIMED');

test('a node is added by its label, and is seen to live', async () => {
	await prepare();
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await go(page, `/devices/${scene['Barn hub'].id}`);
	const nodes = page.getByRole('region', { name: 'Nodes' });
	await nodes.getByRole('button', { name: 'Add node' }).click();
	await page.getByRole('heading', { name: 'Adding a node to Barn hub', level: 1 }).waitFor();
	await page
		.getByText(/If it is nobody's yet it is claimed, and it is a node of Barn hub at once\./)
		.waitFor();
	await page.getByRole('button', { name: 'Type the code instead' }).click();
	const [first, , third] = unclaimed();
	const typed = page.getByRole('dialog');
	const code = typed.getByRole('textbox', { name: 'Code on the label' });
	await code.fill(first.qrToken);
	await typed.getByRole('button', { name: 'Check code' }).click();
	// One step: what is claimed is a node by then.
	const outcome = page.getByRole('dialog', { name: /is now in Green Farm's devices/ });
	await outcome.getByText(/ is a node of Barn hub now\.$/).waitFor();
	await outcome.getByRole('textbox', { name: 'Name' }).fill('Bed 1');
	// The next is typed as well, into a field that has nothing of the one before.
	await outcome.getByRole('button', { name: 'Add another node' }).click();
	await focused(code);
	assert.equal(await code.inputValue(), '');
	await code.fill(third.qrToken);
	await typed.getByRole('button', { name: 'Check code' }).click();
	await outcome.getByText(/ is a node of Barn hub now\.$/).waitFor();
	await outcome.getByRole('textbox', { name: 'Name' }).fill('Bed 3');
	await outcome.getByRole('button', { name: 'Done' }).click();
	await nodes.getByRole('link', { name: 'Bed 1' }).waitFor();
	await nodes.getByRole('link', { name: 'Bed 3' }).waitFor();
	await says(first.authToken, 'v1=23.5');
	await nodes.getByText('Online').waitFor();
	await isAccessible(page);
	await nodes.getByRole('link', { name: 'Bed 1' }).click();
	const gateway = page.getByRole('region', { name: 'Its gateway' });
	await gateway.getByRole('link', { name: 'Barn hub' }).waitFor();
	await gateway.getByText('Barn hub speaks for this device.').waitFor();
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a node asks while the window is open, is accepted, moves and goes', async () => {
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	const path = `/devices/${scene['Barn hub'].id}`;
	await go(page, path);
	const nodes = page.getByRole('region', { name: 'Nodes' });
	await nodes.getByRole('button', { name: 'Let nodes join' }).click();
	await nodes.getByText(/Nodes may ask to join for [45]:\d\d more\./).waitFor();
	const [, second] = unclaimed();
	assert.equal(await asks(second.authToken), 'waiting');
	await nodes.getByText(/wants to join\. It is nobody's yet/).waitFor();
	for (const { name, ...look } of LOOKS) {
		const other = await open(at.browser, look);
		await signIn(other, at.cloud.url);
		await go(other, path);
		await other.getByText(/wants to join/).waitFor();
		await other.getByRole('region', { name: 'Nodes' }).scrollIntoViewIfNeeded();
		await picture(other, `gateway-${name}`);
		await fits(other);
		await other.context().close();
	}
	await nodes.getByRole('button', { name: /^Accept / }).click();
	await nodes.getByRole('button', { name: 'Close the window' }).click();
	await nodes.getByRole('button', { name: 'Let nodes join' }).waitFor();
	assert.equal(await asks(second.authToken), 'paired');
	await nodes.getByRole('button', { name: 'Move Bed 1', exact: true }).click();
	const move = page.getByRole('dialog', { name: 'Move Bed 1 to another gateway' });
	await move.getByRole('radio', { name: /Field hub/ }).check();
	await move.getByRole('button', { name: 'Move' }).click();
	await nodes.getByRole('link', { name: 'Bed 1' }).waitFor({ state: 'detached' });
	await nodes.getByRole('button', { name: 'Replace this gateway' }).click();
	const replace = page.getByRole('dialog', { name: 'Replace this gateway' });
	await replace.getByRole('radio', { name: /Field hub/ }).check();
	await replace.getByRole('button', { name: 'Replace this gateway' }).click();
	await nodes.getByText(/No nodes yet\./).waitFor();
	await go(page, `/devices/${scene['Field hub'].id}`);
	await nodes.getByRole('link', { name: 'Bed 1' }).waitFor();
	await nodes.getByRole('button', { name: 'Remove Bed 1', exact: true }).click();
	const remove = page.getByRole('dialog', { name: 'Remove Bed 1 from this gateway?' });
	await remove.getByRole('button', { name: 'Remove' }).click();
	await nodes.getByRole('link', { name: 'Bed 1' }).waitFor({ state: 'detached' });
	await eventually(async () => assert.equal(await nodes.getByRole('listitem').count(), 2));
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});

test('a gateway with many nodes shows the first of them, all on request, and any by its name', async () => {
	const { templateId } = await made('template', { name: 'Well probe' });
	const profile = await at.cloud.call(at.cloud.user(3), 'GET', 'user/profile');
	const { id: ownerId, orgId } = await profile.json();
	const gatewayId = scene['Barn hub'].id;
	for (let index = 1; index <= 12; index += 1) {
		const { id: nodeId } = await made('device/create', { templateId, orgId, ownerId, name: `Well ${index}` });
		const paired = await at.cloud.call(at.cloud.user(3), 'POST', 'gateway/pair', { gatewayId, nodeId });
		assert.ok(paired.ok);
	}
	const page = await open(at.browser);
	await signIn(page, at.cloud.url);
	await go(page, `/devices/${gatewayId}`);
	const nodes = page.getByRole('region', { name: 'Nodes', exact: true });
	await nodes.getByRole('button', { name: 'Show all 12 nodes', exact: true }).press('Enter');
	await nodes.getByRole('button', { name: 'Show fewer', exact: true }).waitFor();
	assert.equal(await nodes.getByRole('listitem').count(), 12);
	await nodes.getByRole('button', { name: 'Show fewer', exact: true }).press('Enter');
	await nodes.getByRole('button', { name: 'Show all 12 nodes', exact: true }).waitFor();
	assert.equal(await nodes.getByRole('listitem').count(), 10);
	const search = nodes.getByRole('searchbox', { name: 'Search nodes', exact: true });
	await search.fill('WELL 7');
	await nodes.getByRole('link', { name: 'Well 1', exact: true }).waitFor({ state: 'detached' });
	assert.deepEqual(await nodes.getByRole('link').allInnerTexts(), ['Well 7']);
	await search.fill('zeppelin');
	await nodes.getByText('No node of this gateway has “zeppelin” in its name.', { exact: true }).waitFor();
	await search.press('Escape');
	await nodes.getByRole('link', { name: 'Well 1', exact: true }).waitFor();
	await isAccessible(page);
	assert.deepEqual(mistakes(page), []);
	await page.context().close();
});
