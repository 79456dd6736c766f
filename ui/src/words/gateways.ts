// Words about gateways.

/** What is left of a time, as `4:07`. */
export function remaining(milliseconds: number): string {
	const seconds = Math.ceil(milliseconds / 1_000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
