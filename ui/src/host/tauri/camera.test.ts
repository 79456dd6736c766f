import { beforeEach, expect, it, vi } from 'vitest';

import type { CameraSink } from '../host';
import type { CameraEvent } from '../wire';
import { openTauriCamera } from './camera';

type Call = [command: string, args?: Record<string, unknown> | undefined];

const tauri = vi.hoisted(() => ({
	calls: [] as Call[],
	refuses: '',
	hear: (_event: CameraEvent): void => undefined
}));

vi.mock('@tauri-apps/api/core', () => ({
	Channel: class {
		set onmessage(hear: (event: CameraEvent) => void) {
			tauri.hear = hear;
		}
	},
	invoke(command: string, args?: Record<string, unknown>): Promise<unknown> {
		// No frame ever comes.
		if (command === 'camera_frame') return new Promise(() => undefined);
		tauri.calls.push(command === 'open_camera' ? [command] : [command, args]);
		const error = { code: 'camera_failed', message: 'no' };
		return command === tauri.refuses ? Promise.reject(error) : Promise.resolve();
	}
}));

const sink = { live: vi.fn(), trouble: vi.fn(), codes: vi.fn() } satisfies CameraSink;

beforeEach(() => {
	tauri.calls = [];
	tauri.refuses = '';
	sink.live.mockReset();
});

it('offers what the camera has, and asks the host for it', async () => {
	const camera = await openTauriCamera(null, sink);
	expect([camera.zoom, camera.torch]).toEqual([undefined, undefined]);
	tauri.hear({ kind: 'live', zoom: { min: 100, max: 400, now: 150 }, torch: false });
	expect(sink.live).toHaveBeenCalledOnce();
	expect(camera.zoom).toMatchObject({ min: 100, max: 400, now: 150 });
	expect(camera.torch?.on).toBe(false);
	await camera.zoom?.set(187.5);
	await camera.torch?.set(true);
	await camera.close();
	expect(tauri.calls).toEqual([
		['open_camera'],
		['zoom_camera', { to: 187.5 }],
		['light_camera', { on: true }],
		['close_camera', undefined]
	]);
});

it('takes back what the camera that came after it has not', async () => {
	const camera = await openTauriCamera(null, sink);
	tauri.hear({ kind: 'live', zoom: { min: 1, max: 2, now: 1 }, torch: true });
	tauri.hear({ kind: 'live' });
	expect([camera.zoom, camera.torch]).toEqual([undefined, undefined]);
});

it('says in a code why the camera does not do it', async () => {
	const camera = await openTauriCamera(null, sink);
	tauri.hear({ kind: 'live', torch: false });
	tauri.refuses = 'light_camera';
	await expect(camera.torch?.set(true)).rejects.toMatchObject({ body: { code: 'camera_failed' } });
});
