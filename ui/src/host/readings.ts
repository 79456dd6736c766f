// The calls about what a device said and is told, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { Datastream, DeviceEvent, DeviceHistory, RawValue, ValueSet } from './wire';

/** What it holds instead, where a number was out of its range, and what has become of it. */
export const setValue = (host: Host, deviceId: number, pin: number, value: RawValue) =>
	host.organization<ValueSet>('PUT', 'device/value', { deviceId, pin, value });
export const datastreamsOf = (host: Host, templateId: string) =>
	host.organization<Datastream[]>('GET', `template/datastreams?${new URLSearchParams({ templateId })}`);
/** What a number was between two times: the cloud puts together what is too fine for that. */
export const historyOf = (
	host: Host,
	deviceId: number,
	pin: number,
	{ from, to }: { from: number; to: number }
) =>
	host.organization<DeviceHistory>(
		'GET',
		`device/history?deviceId=${deviceId}&pin=${pin}&from=${from}&to=${to}`
	);
export const eventsOf = (host: Host, deviceId: number) =>
	host.organization<DeviceEvent[]>('GET', `device/events?deviceId=${deviceId}`);
