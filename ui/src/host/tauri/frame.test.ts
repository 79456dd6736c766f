import { expect, it } from 'vitest';

import { readFrame } from './frame';

function frame(sequence: bigint, width: number, height: number, pixels: number): ArrayBuffer {
	const bytes = new ArrayBuffer(16 + pixels);
	const view = new DataView(bytes);
	view.setBigUint64(0, sequence, true);
	view.setUint32(8, width, true);
	view.setUint32(12, height, true);
	return bytes;
}

it('reads a frame', () => {
	expect(readFrame(frame(7n, 2, 3, 24))).toMatchObject({ sequence: 7, width: 2, height: 3 });
	expect(readFrame(frame(7n, 2, 3, 24))?.pixels).toHaveLength(24);
});

it.each([
	['none came', new ArrayBuffer(0)],
	['header alone', frame(1n, 2, 3, 0)],
	['lengths disagree', frame(1n, 2, 3, 23)],
	['no size', frame(1n, 0, 0, 0)]
])('takes nothing where %s', (_, bytes) => expect(readFrame(bytes)).toBeNull());
