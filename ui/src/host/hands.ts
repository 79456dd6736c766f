// The calls about devices that change hands, each with its types. All reject with a HostError.

import type { Host } from './host';
import type {
	DeviceMove,
	DeviceOutcomes,
	LabelImage,
	Page,
	ReleaseDevice,
	ReleasedDevice,
	TransferDevices,
	Unclaim,
	Unclaimed,
	Undone,
	UndoMoves
} from './wire';

/** Rows of a history on a page. */
const MOVES = 20;

export const release = (host: Host, body: ReleaseDevice) =>
	host.organization<ReleasedDevice>('POST', 'device/release', body);
export const transferMany = (host: Host, body: TransferDevices) =>
	host.organization<DeviceOutcomes>('POST', 'devices/transfer', body);
export const undoMove = (host: Host, deviceId: number) =>
	host.organization<Undone>('POST', 'device/undo', { deviceId });
export const undoMoves = (host: Host, body: UndoMoves) =>
	host.organization<DeviceOutcomes>('POST', 'devices/undo', body);
export const takeBack = (host: Host, body: Unclaim) =>
	host.organization<Unclaimed>('POST', 'static-tokens/unclaim', body);
/** The label of a static token, whether or not there is a device of it. */
export const labelOfToken = (host: Host, id: number) =>
	host.organization<LabelImage>('GET', `static-tokens/label?tokenId=${id}`);
/** Gives it another code: the one before claims nothing any more. */
export const renewLabel = (host: Host, tokenId: number) =>
	host.organization<LabelImage>('POST', 'static-tokens/label', { tokenId });
export const labelOf = (host: Host, id: number) =>
	host.organization<LabelImage>('GET', `device/label?deviceId=${id}`);
export const movesOf = (host: Host, id: number, page: number) =>
	host.organization<Page<DeviceMove>>('GET', `device/moves?deviceId=${id}&page=${page}&size=${MOVES}`);
