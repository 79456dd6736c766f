import { expect, it } from 'vitest';

import { arrive } from './arrive';

const MIB = 1024 * 1024;

/** A file of so many pieces of a mebibyte, each full of its own number. */
function coming(pieces: number, onpiece = (_piece: number): void => undefined): Response {
	let piece = 0;
	const body = new ReadableStream<Uint8Array>({
		pull(on) {
			onpiece(piece);
			if (piece < pieces) on.enqueue(new Uint8Array(MIB).fill(piece));
			else on.close();
			piece += 1;
		}
	});
	return new Response(body, { headers: { 'content-type': 'application/zip' } });
}

it('tells how much of a file came, and all of it arrives in its order', async () => {
	const told: number[] = [];
	const file = await arrive(coming(19), {
		told: (bytes) => told.push(bytes / MIB),
		stop: new AbortController().signal
	});
	expect(told).toEqual(Array.from({ length: 20 }, (_, at) => at));
	expect(file.type).toBe('application/zip');
	const bytes = new Uint8Array(await file.arrayBuffer());
	expect(Array.from({ length: 19 }, (_, at) => bytes[at * MIB])).toEqual(
		Array.from({ length: 19 }, (_, at) => at)
	);
});

it('is no file where it breaks off', async () => {
	const broken = coming(5, (piece) => {
		if (piece === 3) throw new Error('gone');
	});
	await expect(arrive(broken, { told: () => undefined, stop: new AbortController().signal })).rejects.toThrow(
		'gone'
	);
});
