// The calls about gateways and their nodes, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { DevicePart, JoinWindowAnswer, Mesh, ReplacedGateway } from './wire';

/** What a device is: a gateway, a node, or neither. */
export const partOf = (host: Host, deviceId: number) =>
	host.organization<DevicePart>('GET', `gateway?deviceId=${deviceId}`);
/** A gateway's mesh, or a node's way through it. */
export const meshOf = (host: Host, deviceId: number) =>
	host.organization<Mesh>('GET', `mesh?deviceId=${deviceId}`);
export const pairNode = (host: Host, gatewayId: number, nodeId: number) =>
	host.organization<void>('POST', 'gateway/pair', { gatewayId, nodeId });
export const moveNode = (host: Host, gatewayId: number, nodeId: number) =>
	host.organization<void>('POST', 'gateway/move', { gatewayId, nodeId });
export const unpairNode = (host: Host, nodeId: number) =>
	host.organization<void>('POST', 'gateway/unpair', { nodeId });
export const replaceGateway = (host: Host, gatewayId: number, newGatewayId: number) =>
	host.organization<ReplacedGateway>('POST', 'gateway/replace', { gatewayId, newGatewayId });
export const openJoinWindow = (host: Host, gatewayId: number, minutes: number) =>
	host.organization<JoinWindowAnswer>('POST', 'gateway/window', { gatewayId, minutes });
export const decideJoin = (host: Host, gatewayId: number, nodeId: number, accept: boolean) =>
	host.organization<void>('POST', 'gateway/decide', { gatewayId, nodeId, accept });
