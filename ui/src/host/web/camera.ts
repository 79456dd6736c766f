// The browser films; frames go to the decoder one at a time, always the newest. When the camera's trouble ends, the
// picture comes back by itself.

import { asHostError, hostError } from '../errors';
import type { CameraSink, HostError, OpenCamera, Torch, Zoom } from '../host';
import type { CameraChoice, ErrorCode } from '../wire';
import type { Decoder } from './decoder';
import type { LabelReader, RawFindings } from './labels';
import { torchOf, zoomOf } from './track';

/** Milliseconds between two tries to open a camera that is in use. */
const RETRY = 2_000;
/** The long side of a decoded frame, in pixels. */
const DECODED_SIDE = 1280;

const TROUBLE: Readonly<Record<string, ErrorCode>> = {
	NotAllowedError: 'camera_denied',
	SecurityError: 'camera_denied',
	NotFoundError: 'no_camera',
	OverconstrainedError: 'no_camera',
	NotReadableError: 'camera_busy',
	AbortError: 'camera_busy'
};

/** The closed code for what getUserMedia threw. */
export function cameraTrouble(thrown: unknown): HostError {
	const name = thrown instanceof DOMException ? thrown.name : '';
	const code = TROUBLE[name];
	if (code) return hostError(code, name);
	return hostError('camera_failed', name || 'The camera failed.', { detail: String(thrown) });
}

export async function listCameras(): Promise<CameraChoice[]> {
	if (!navigator.mediaDevices) return [];
	const devices = await navigator.mediaDevices.enumerateDevices();
	// Before permission is given the browser tells neither ids nor names.
	return devices
		.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '')
		.map(({ deviceId, label }, index) => ({ id: deviceId, name: label || String(index + 1) }));
}

export async function openWebCamera(
	id: string | null,
	sink: CameraSink,
	decoder: Decoder,
	labels: LabelReader
): Promise<OpenCamera> {
	const camera = new WebCamera(id, sink, decoder, labels);
	await camera.start();
	return camera;
}

class WebCamera implements OpenCamera {
	private open = true;
	private starting = false;
	private stream: MediaStream | null = null;
	private retry: ReturnType<typeof setTimeout> | undefined;
	private permission: PermissionStatus | null = null;
	torch?: Torch;
	zoom?: Zoom;

	constructor(
		private readonly id: string | null,
		private readonly sink: CameraSink,
		private readonly decoder: Decoder,
		private readonly labels: LabelReader
	) {}

	async start(): Promise<void> {
		navigator.mediaDevices?.addEventListener('devicechange', this.again);
		void this.watchPermission();
		await this.film();
	}

	async close(): Promise<void> {
		this.open = false;
		clearTimeout(this.retry);
		navigator.mediaDevices?.removeEventListener('devicechange', this.again);
		this.permission?.removeEventListener('change', this.again);
		this.stop();
	}

	private readonly again = (): void => {
		if (this.open && !this.stream) void this.film();
	};

	private async film(): Promise<void> {
		if (this.starting) return;
		this.starting = true;
		clearTimeout(this.retry);
		try {
			const stream = await this.request();
			if (!this.open) return stopTracks(stream);
			this.take(stream);
		} catch (thrown) {
			const error = asHostError(thrown);
			if (!this.open) return;
			this.sink.trouble(error.body);
			if (error.body.code === 'camera_busy') this.retry = setTimeout(this.again, RETRY);
		} finally {
			this.starting = false;
		}
	}

	private async request(): Promise<MediaStream> {
		// Without a secure context there is no mediaDevices at all.
		if (!navigator.mediaDevices) throw hostError('unsupported', 'This page may not use a camera.');
		const wanted: MediaTrackConstraints = this.id
			? { deviceId: { exact: this.id } }
			: { facingMode: 'environment' };
		try {
			return await navigator.mediaDevices.getUserMedia({
				audio: false,
				video: { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } }
			});
		} catch (thrown) {
			throw cameraTrouble(thrown);
		}
	}

	private take(stream: MediaStream): void {
		this.stream = stream;
		const track = stream.getVideoTracks()[0];
		track?.addEventListener('ended', () => {
			if (!this.open || this.stream !== stream) return;
			this.stop();
			this.sink.trouble(hostError('camera_unplugged', 'The camera was unplugged.').body);
			this.retry = setTimeout(this.again, RETRY);
		});
		if (track) this.offer(track);
		this.sink.stream?.(stream);
		this.sink.live();
		void this.decode(stream);
	}

	private offer(track: MediaStreamTrack): void {
		const [torch, zoom] = [torchOf(track), zoomOf(track)];
		if (torch) this.torch = torch;
		else delete this.torch;
		if (zoom) this.zoom = zoom;
		else delete this.zoom;
	}

	/** Decodes the newest frame, and the next one when that is done. */
	private async decode(stream: MediaStream): Promise<void> {
		const video = document.createElement('video');
		video.muted = true;
		video.playsInline = true;
		video.srcObject = stream;
		try {
			await video.play();
			let shown = '';
			while (this.open && this.stream === stream) {
				await nextFrame(video);
				const { bitmap, ...found } = await this.decoder.bitmap(await shrink(video), 'quick');
				// Nothing in view is told once, when the last code has left the picture.
				const seen = JSON.stringify(found);
				if (seen === shown) bitmap.close();
				else await this.tell(stream, found, bitmap);
				shown = seen;
			}
		} catch (thrown) {
			if (this.open && this.stream === stream) this.decodeLater(stream, thrown);
		} finally {
			video.srcObject = null;
		}
	}

	private async tell(stream: MediaStream, found: RawFindings, bitmap: ImageBitmap): Promise<void> {
		const findings = await this.labels.explainAll(found).catch((thrown: unknown) => {
			bitmap.close();
			throw thrown;
		});
		if (!this.open || this.stream !== stream || !this.sink.still) bitmap.close();
		else this.sink.still(bitmap);
		if (this.open && this.stream === stream) this.sink.codes(findings);
	}

	/** A lost answer about one label does not end the scan. */
	private decodeLater(stream: MediaStream, thrown: unknown): void {
		const { body } = asHostError(thrown);
		this.sink.trouble(body);
		this.retry = setTimeout(() => {
			if (!this.open || this.stream !== stream) return;
			this.sink.live();
			void this.decode(stream);
		}, RETRY);
	}

	private async watchPermission(): Promise<void> {
		try {
			const status = await navigator.permissions.query({ name: 'camera' as PermissionName });
			if (!this.open) return;
			this.permission = status;
			status.addEventListener('change', this.again);
		} catch {
			// Some browsers do not know this permission; there the next visit of the screen asks again.
		}
	}

	private stop(): void {
		if (this.stream) stopTracks(this.stream);
		this.stream = null;
	}
}

function stopTracks(stream: MediaStream): void {
	for (const track of stream.getTracks()) track.stop();
}

function nextFrame(video: HTMLVideoElement): Promise<void> {
	return new Promise((resolve) => {
		if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
		else requestAnimationFrame(() => resolve());
	});
}

function shrink(video: HTMLVideoElement): Promise<ImageBitmap> {
	const { videoWidth, videoHeight } = video;
	const scale = Math.min(1, DECODED_SIDE / Math.max(videoWidth, videoHeight));
	return createImageBitmap(video, {
		resizeWidth: Math.round(videoWidth * scale),
		resizeHeight: Math.round(videoHeight * scale)
	});
}
