// The call about an organization's devices in numbers.

import type { Host } from './host';
import type { Overview } from './wire';

/** `bounds` are where stretches of time end and begin; the own organization where none is named. Rejects with a HostError. */
export function overview(host: Host, orgId: number | null, bounds: readonly number[]): Promise<Overview> {
	const query = new URLSearchParams({ bounds: bounds.join(',') });
	if (orgId !== null) query.set('orgId', String(orgId));
	return host.organization<Overview>('GET', `overview?${query}`);
}
