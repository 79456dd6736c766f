// The calls about programs with credentials of their own. All reject with a HostError.

import type { Host } from './host';
import type { CreateMachine, Machine, NewMachine, Page } from './wire';

/** Rows on a page. */
const SIZE = 50;

/** A machine as a row of a list. */
export type MachineRow = Machine & { id: string };

export async function machines(host: Host, page: number): Promise<Page<MachineRow>> {
	const target = `oauth-clients?page=${page}&size=${SIZE}`;
	const found = await host.organization<Page<Machine>>('GET', target);
	return { ...found, content: found.content.map((machine) => ({ ...machine, id: machine.clientId })) };
}
export const makeMachine = (host: Host, body: CreateMachine) =>
	host.organization<NewMachine>('POST', 'oauth-clients', body);
export const revokeMachine = (host: Host, id: string) =>
	host.organization<void>('DELETE', `oauth-clients?${new URLSearchParams({ clientId: id })}`);
