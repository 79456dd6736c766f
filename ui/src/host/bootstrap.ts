// The calls about machines that ask for a device's token, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { DecidePin, DeviceBootstrap, OfDevice, OfLabel } from './wire';

const say = (host: Host, what: string, body: DecidePin | OfDevice) =>
	host.organization<DeviceBootstrap>('POST', `device/bootstrap/${what}`, body);

export const pinsOf = (host: Host, id: number) =>
	host.organization<DeviceBootstrap>('GET', `device/bootstrap?deviceId=${id}`);
export const confirmPin = (host: Host, deviceId: number, fingerprint: string) =>
	say(host, 'confirm', { deviceId, fingerprint });
export const refusePin = (host: Host, deviceId: number, fingerprint: string) =>
	say(host, 'refuse', { deviceId, fingerprint });
export const awaitPress = (host: Host, deviceId: number) => say(host, 'press', { deviceId });
export const resetPins = (host: Host, deviceId: number) => say(host, 'reset', { deviceId });
/** The same for a device that nobody has yet. */
export const resetMachines = (host: Host, body: OfLabel) =>
	host.organization<void>('POST', 'static-tokens/reset-machines', body);
