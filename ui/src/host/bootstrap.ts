// The calls about machines that ask for a device's token, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { ConfirmPin, DecidePin, DeviceBootstrap, OfDevice, OfLabel } from './wire';

const say = (host: Host, what: string, body: ConfirmPin | DecidePin | OfDevice) =>
	host.organization<DeviceBootstrap>('POST', `device/bootstrap/${what}`, body);

export const pinsOf = (host: Host, id: number) =>
	host.organization<DeviceBootstrap>('GET', `device/bootstrap?deviceId=${id}`);
/** The machine that shows these four digits is the device. */
export const confirmPin = (host: Host, deviceId: number, check: string) =>
	say(host, 'confirm', { deviceId, check });
export const refusePin = (host: Host, deviceId: number, fingerprint: string) =>
	say(host, 'refuse', { deviceId, fingerprint });
export const awaitPress = (host: Host, deviceId: number) => say(host, 'press', { deviceId });
export const resetPins = (host: Host, deviceId: number) => say(host, 'reset', { deviceId });
/** The same for a device that nobody has yet. */
export const resetMachines = (host: Host, body: OfLabel) =>
	host.organization<void>('POST', 'static-tokens/reset-machines', body);
