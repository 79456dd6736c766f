// Pictures that come by drop, by paste, or as a drawing that has to become pixels first.

import { hostError } from '../host/errors';

export function pictureDropped({ dataTransfer }: DragEvent): File | null {
	return dataTransfer?.files[0] ?? null;
}

export function picturePasted({ clipboardData }: ClipboardEvent): File | null {
	return clipboardData?.files[0] ?? null;
}

/** Pixels of the square that a drawing is painted on. */
const SIDE = 640;

/** An SVG image as a PNG file, on white. Rejects with a HostError. */
export async function paint(svg: string): Promise<Blob> {
	const image = new Image(SIDE, SIDE);
	image.src = svgUrl(svg);
	try {
		await image.decode();
	} catch {
		throw hostError('broken_picture', 'The drawing could not be painted.');
	}
	const canvas = document.createElement('canvas');
	canvas.width = SIDE;
	canvas.height = Math.round((SIDE * image.naturalHeight) / Math.max(1, image.naturalWidth));
	const surface = canvas.getContext('2d');
	if (!surface) throw hostError('unsupported', 'There is no canvas.');
	surface.fillStyle = 'white';
	surface.fillRect(0, 0, canvas.width, canvas.height);
	surface.drawImage(image, 0, 0, canvas.width, canvas.height);
	return new Promise((resolve, reject) => {
		canvas.toBlob(
			(blob) => (blob ? resolve(blob) : reject(hostError('unsupported', 'The drawing gave no picture.'))),
			'image/png'
		);
	});
}

/** An address for an image element. As an image a drawing can run nothing and load nothing. */
export function svgUrl(svg: string): string {
	return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}
