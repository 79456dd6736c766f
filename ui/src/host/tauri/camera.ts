// The host films and decodes; frames come as raw bytes, one answer for each question.

import { Channel, invoke } from '@tauri-apps/api/core';

import { asHostError } from '../errors';
import type { CameraSink, OpenCamera } from '../host';
import type { CameraAbilities, CameraEvent } from '../wire';
import { readFrame } from './frame';

export async function openTauriCamera(id: string | null, sink: CameraSink): Promise<OpenCamera> {
	const events = new Channel<CameraEvent>();
	let open = true;
	const camera: OpenCamera = {
		async close() {
			if (!open) return;
			open = false;
			await ask('close_camera');
		}
	};
	events.onmessage = (event) => {
		if (open) deliver(event, sink, camera);
	};
	try {
		await ask('open_camera', { id, events });
	} catch (thrown) {
		open = false;
		throw thrown;
	}
	void pump(sink, () => open);
	return camera;
}

async function ask(command: string, args?: Record<string, unknown>): Promise<void> {
	try {
		await invoke(command, args);
	} catch (thrown) {
		throw asHostError(thrown);
	}
}

function deliver(event: CameraEvent, sink: CameraSink, camera: OpenCamera): void {
	switch (event.kind) {
		case 'live':
			offer(event, camera);
			return sink.live();
		case 'trouble':
			return sink.trouble(event.error);
		case 'codes':
			return sink.codes(event);
	}
}

/** After trouble it may be another camera, which can do other things. */
function offer({ zoom, torch }: CameraAbilities, camera: OpenCamera): void {
	if (zoom) camera.zoom = { ...zoom, set: (to) => ask('zoom_camera', { to }) };
	else delete camera.zoom;
	if (torch === undefined) delete camera.torch;
	else camera.torch = { on: torch, set: (on) => ask('light_camera', { on }) };
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
