// The decoder runs in a worker of its own, so that a slow picture never stops the preview.

import { hostError } from '../errors';
import type { RawFindings } from './labels';
import { MAX_PIXELS, sniff } from './picture';
import type { Question, Answer } from './worker';

/** Bytes of a picture file at most. */
const MAX_BYTES = 64 * 1024 * 1024;

export class Decoder {
	private worker: Worker | null = null;
	private readonly asked = new Map<number, (answer: Answer) => void>();
	private last = 0;

	/** The codes in a picture file, in pixels of the picture as it is shown. */
	async picture(bytes: Uint8Array<ArrayBuffer>): Promise<RawFindings> {
		if (bytes.length === 0) throw hostError('empty_picture', 'The picture is empty.');
		const kind = sniff(bytes);
		if (!kind) throw hostError('unknown_picture', 'The file is not a picture of a known format.');
		if (bytes.length > MAX_BYTES || (kind.width ?? 0) * (kind.height ?? 0) > MAX_PIXELS) {
			throw hostError('picture_too_large', 'The picture is larger than can be read.');
		}
		let bitmap: ImageBitmap;
		try {
			bitmap = await createImageBitmap(new Blob([bytes], { type: kind.type }));
		} catch {
			throw hostError('broken_picture', 'The picture is damaged or cut off.');
		}
		const found = await this.bitmap(bitmap, 'thorough');
		found.bitmap.close();
		return found;
	}

	/** The codes in a frame. The bitmap is handed over and comes back; closing it is the caller's. */
	async bitmap(
		bitmap: ImageBitmap,
		effort: Question['effort']
	): Promise<RawFindings & { bitmap: ImageBitmap }> {
		const { width, height } = bitmap;
		const answer = await this.ask({ bitmap, effort });
		if ('failed' in answer) throw hostError('internal', answer.failed);
		const { codes, candidates } = answer;
		return { width, height, codes, candidates, bitmap: answer.bitmap };
	}

	private ask(question: Omit<Question, 'id'>): Promise<Answer> {
		const id = ++this.last;
		return new Promise((resolve) => {
			this.asked.set(id, resolve);
			this.start().postMessage({ ...question, id } satisfies Question, [question.bitmap]);
		});
	}

	private start(): Worker {
		if (this.worker) return this.worker;
		const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
		worker.onmessage = ({ data }: MessageEvent<Answer>) => {
			this.asked.get(data.id)?.(data);
			this.asked.delete(data.id);
		};
		worker.onerror = () => {
			for (const [id, resolve] of this.asked) resolve({ id, failed: 'The decoder stopped.' });
			this.asked.clear();
			worker.terminate();
			this.worker = null;
		};
		this.worker = worker;
		return worker;
	}
}
