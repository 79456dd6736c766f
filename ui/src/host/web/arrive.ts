// A file as it comes.

import type { Coming } from '../host';

/** Bytes that are handed to the browser at once: it keeps what it is handed on the disk where that is much. */
const HANDED = 8 * 1024 * 1024;

/** All of a file. Of a large one no more than a part is in the page's own memory. */
export async function arrive(response: Response, coming: Coming | null): Promise<Blob> {
	if (!coming || !response.body) return response.blob();
	const handed: Blob[] = [];
	let pieces: Uint8Array<ArrayBuffer>[] = [];
	let [bytes, held] = [0, 0];
	coming.told(bytes);
	const reader = response.body.getReader();
	for (let next = await reader.read(); !next.done; next = await reader.read()) {
		pieces.push(next.value);
		bytes += next.value.byteLength;
		held += next.value.byteLength;
		coming.told(bytes);
		if (held < HANDED) continue;
		handed.push(new Blob(pieces));
		pieces = [];
		held = 0;
	}
	return new Blob([...handed, ...pieces], { type: response.headers.get('content-type') ?? '' });
}
