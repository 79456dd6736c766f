// The calls about files that devices uploaded. All reject with a HostError.

import type { Host } from './host';
import type { DeviceFile } from './wire';

export const filesOf = (host: Host, deviceId: number) =>
	host.organization<DeviceFile[]>('GET', `device/files?deviceId=${deviceId}`);
export const saveFile = (host: Host, { id, name }: DeviceFile) =>
	host.download(`device/file?fileId=${id}`, name);
export const deleteFile = (host: Host, { id }: DeviceFile) =>
	host.organization<void>('DELETE', `device/file?fileId=${id}`);
