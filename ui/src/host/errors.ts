// Makes a HostError of whatever was thrown, so that the UI sees closed codes and nothing else.

import { HostError } from './host';
import type { ErrorBody, ErrorCode } from './wire';

/** A HostError of a code, with facts that its sentence needs. */
export function hostError(code: ErrorCode, message: string, attributes?: Record<string, string>): HostError {
	return new HostError(attributes ? { code, message, attributes } : { code, message });
}

/** Whether this is an error's body as it crosses the network and the bridge. */
export function isErrorBody(value: unknown): value is ErrorBody {
	return (
		typeof value === 'object' &&
		value !== null &&
		'code' in value &&
		typeof value.code === 'string' &&
		'message' in value &&
		typeof value.message === 'string'
	);
}

/** The HostError for anything that was thrown; what nobody foresaw is `internal`. */
export function asHostError(thrown: unknown): HostError {
	if (thrown instanceof HostError) return thrown;
	if (isErrorBody(thrown)) return new HostError(thrown);
	return hostError('internal', thrown instanceof Error ? thrown.message : String(thrown));
}
