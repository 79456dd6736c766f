// The calls about many devices, and about what is known of one, each with its types. All reject with a HostError.

import type { Host } from './host';
import type {
	BatchState,
	CreateDevices,
	DeletedDevice,
	Device,
	DeviceToken,
	DeviceView,
	DeviceWork,
	EditDevice,
	ImportReport
} from './wire';

/** Devices that are made at once at the most, as the cloud has it. */
export const MOST_DEVICES = 10_000;
/** The place of the number in the names of many. */
export const NUMBER = '{n}';

/** What to make of a table of devices. */
export interface DevicePlan {
	templateId: string;
	orgId: number;
	/** Whose they are; the caller's own where absent. */
	ownerId?: number;
	/** What columns fill, by their headers; those that are not here fill what their own header says. */
	mapping: Record<string, string>;
	/** Whether to leave out rows that are at fault. */
	goodRows: boolean;
	/** The same key with the same rows makes nothing twice. */
	key?: string;
}

/** Which devices a file is of. */
export interface DevicesOf {
	orgId: number;
	below: boolean;
	/** Part of their names; empty for all. */
	search: string;
	/** Which of them, in which order. */
	filter?: Pick<DeviceView, 'state' | 'templateId' | 'sort'>;
}

/** Deletes a device for good. The same key gets the same answer again, so that a lost one loses no label. */
export const deleteDevice = (host: Host, id: number, key: string, reason: string) =>
	host.organization<DeletedDevice>(
		'DELETE',
		`device?${new URLSearchParams({ deviceId: String(id), key, ...(reason ? { reason } : {}) })}`
	);

export function importDevicesTarget(plan: DevicePlan, dryRun: boolean): string {
	const { templateId, orgId, ownerId, mapping, goodRows, key } = plan;
	const query = new URLSearchParams({
		templateId,
		orgId: String(orgId),
		goodRows: String(goodRows),
		dryRun: String(dryRun)
	});
	if (ownerId !== undefined) query.set('ownerId', String(ownerId));
	if (key !== undefined) query.set('key', key);
	if (Object.keys(mapping).length > 0) query.set('mapping', JSON.stringify(mapping));
	return `devices/import?${query}`;
}

export function exportDevicesTarget({ orgId, below, search, filter = {} }: DevicesOf): string {
	const query = new URLSearchParams({ orgId: String(orgId), includeSubOrgDevices: String(below) });
	if (search) query.set('query', search);
	if (filter.state) query.set('state', filter.state);
	if (filter.templateId) query.set('templateId', filter.templateId);
	if (filter.sort) query.set('sort', filter.sort);
	return `devices/export?${query}`;
}

export const createDevices = (host: Host, body: CreateDevices) =>
	host.organization<DeviceWork>('POST', 'devices/create', body);
export const importDevices = (host: Host, plan: DevicePlan, table: Blob, dryRun: boolean) =>
	host.upload<ImportReport>(importDevicesTarget(plan, dryRun), table);
export const cancelWork = (host: Host, id: number) =>
	host.organization<void>('POST', `devices/work/cancel?workId=${id}`);
/** Saves devices with their auth tokens; as `Host.download`. */
export const exportDevices = (host: Host, of: DevicesOf, name: string) =>
	host.download(exportDevicesTarget(of), name);
export const deviceToken = (host: Host, id: number) =>
	host.organization<DeviceToken>('GET', `device/token?deviceId=${id}`);
export const editDevice = (host: Host, id: number, body: EditDevice) =>
	host.organization<Device>('PUT', `device?deviceId=${id}`, body);

/** Milliseconds between two looks at how far it is. */
const PAUSE = 400;

/** Looks until the work is over. `told` hears how far it is. */
export async function whenMade(
	host: Host,
	work: DeviceWork,
	told: (work: DeviceWork) => void
): Promise<DeviceWork> {
	const over: BatchState[] = ['ready', 'cancelled', 'failed'];
	while (!over.includes(work.state)) {
		told(work);
		await new Promise((resolve) => setTimeout(resolve, PAUSE));
		work = await host.organization<DeviceWork>('GET', `devices/work?workId=${work.id}`);
	}
	return work;
}
