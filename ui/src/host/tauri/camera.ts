// The host films and decodes; frames come as raw bytes, one answer for each question.

import { Channel, invoke } from '@tauri-apps/api/core';

import { asHostError } from '../errors';
import type { CameraSink, OpenCamera } from '../host';
import type { CameraEvent } from '../wire';
import { readFrame } from './frame';

export async function openTauriCamera(id: string | null, sink: CameraSink): Promise<OpenCamera> {
	const events = new Channel<CameraEvent>();
	let open = true;
	events.onmessage = (event) => {
		if (open) deliver(event, sink);
	};
	try {
		await invoke('open_camera', { id, events });
	} catch (thrown) {
		open = false;
		throw asHostError(thrown);
	}
	void pump(sink, () => open);
	return {
		async close() {
			if (!open) return;
			open = false;
			await invoke('close_camera').catch((thrown: unknown) => {
				throw asHostError(thrown);
			});
		}
	};
}

function deliver(event: CameraEvent, sink: CameraSink): void {
	switch (event.kind) {
		case 'live':
			return sink.live();
		case 'trouble':
			return sink.trouble(event.error);
		case 'codes':
			return sink.codes(event);
	}
}

/** Asks for the frame after the last one, and again when it came: the web view is never ahead or behind. */
async function pump(sink: CameraSink, isOpen: () => boolean): Promise<void> {
	let after = 0;
	while (isOpen()) {
		try {
			const frame = readFrame(await invoke<ArrayBuffer>('camera_frame', { after }));
			if (!frame) continue;
			after = frame.sequence;
			if (isOpen()) sink.frame?.(frame);
		} catch (thrown) {
			if (isOpen()) sink.trouble(asHostError(thrown).body);
			return;
		}
	}
}
