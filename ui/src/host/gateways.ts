// The calls about gateways and their nodes, each with its types. All reject with a HostError.

import type { Host } from './host';
import type {
	DevicePart,
	GatewayLabels,
	GatewayOutcomes,
	JoinWindowAnswer,
	Mesh,
	ReleaseGateway,
	ReplacedGateway,
	TakeGatewayBack,
	TransferGateway
} from './wire';

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
/** The labels that wait together with one. */
export const gatewayLabels = (host: Host, tokenId: number) =>
	host.organization<GatewayLabels>('GET', `static-tokens/gateway?tokenId=${tokenId}`);
export const waitTogether = (host: Host, tokenId: number, nodeTokenIds: number[], together: boolean) =>
	host.organization<void>('POST', 'static-tokens/gateway', { tokenId, nodeTokenIds, together });
export const releaseGateway = (host: Host, body: ReleaseGateway) =>
	host.organization<GatewayOutcomes>('POST', 'gateway/release', body);
export const transferGateway = (host: Host, body: TransferGateway) =>
	host.organization<GatewayOutcomes>('POST', 'gateway/transfer', body);
export const takeGatewayBack = (host: Host, body: TakeGatewayBack) =>
	host.organization<GatewayOutcomes>('POST', 'gateway/take-back', body);
