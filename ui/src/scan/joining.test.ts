import { expect, it, vi } from 'vitest';

import { HostError, type Host } from '../host';
import type { App } from '../state/app.svelte';
import { Joining } from './joining.svelte';

/** A scan for a gateway, and what the cloud is asked. */
function scanning(gateway: App['gateway'] = { id: 9, name: 'Barn hub' }) {
	const organization = vi.fn<Host['organization']>().mockResolvedValue(undefined);
	const said: string[] = [];
	const app = {
		host: { organization },
		gateway,
		announcer: { say: (words: string) => said.push(words) },
		session: { watch: (thrown: unknown) => (thrown as HostError).body }
	} as unknown as App;
	return { joining: new Joining(app), organization, said };
}

it('pairs what was claimed with the gateway, and each claim once', async () => {
	const { joining, organization, said } = scanning();
	joining.begin('a', { id: 1, name: 'Bed 1' });
	joining.begin('a', { id: 1, name: 'Bed 1' });
	await vi.waitFor(() => expect(joining.state).toBe('joined'));
	expect(organization.mock.calls).toEqual([['POST', 'gateway/pair', { gatewayId: 9, nodeId: 1 }]]);
	expect(said).toHaveLength(1);
	joining.begin('b', { id: 2, name: 'Bed 2' });
	await vi.waitFor(() => expect(joining.state).toBe('joined'));
	expect(organization).toHaveBeenCalledTimes(2);
});

it('says why it is no node, and tries again', async () => {
	const { joining, organization, said } = scanning();
	organization.mockRejectedValueOnce(new HostError({ code: 'not_pairable', message: '' }));
	joining.begin('a', { id: 1, name: 'Bed 1' });
	await vi.waitFor(() => expect(joining.error?.code).toBe('not_pairable'));
	expect(joining.state).toBe('refused');
	expect(said).toEqual([]);
	await joining.join({ id: 1, name: 'Bed 1' });
	expect([joining.state, joining.error]).toEqual(['joined', null]);
});

it('pairs nothing where no gateway is added to', () => {
	const { joining, organization } = scanning(null);
	joining.begin('a', { id: 1, name: 'Bed 1' });
	expect(joining.state).toBe('none');
	expect(organization).not.toHaveBeenCalled();
});
