// A picture as a camera sees it.

import { readFile, writeFile } from 'node:fs/promises';

/** So that the film lasts longer than the look at its first frames. */
const FRAMES = 30;

/**
 * Makes a film of a picture that is held up to a camera, with the browser's own encoder.
 * @param picture The picture's file.
 * @param film Where the film goes, as a browser takes it for a camera.
 */
export async function film(browser, picture, film) {
	const page = await browser.newPage();
	const bytes = (await readFile(picture)).toString('base64');
	const frame = await page.evaluate(async (source) => {
		const image = new Image();
		image.src = `data:image/png;base64,${source}`;
		await image.decode();
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = [640, 480];
		const context = canvas.getContext('2d');
		context.fillStyle = '#ded9d2';
		context.fillRect(0, 0, 640, 480);
		context.translate(320, 240);
		context.rotate(0.1);
		context.drawImage(image, -150, -150, 300, 300);
		return canvas.toDataURL('image/jpeg', 0.9).split(',')[1];
	}, bytes);
	await page.close();
	await writeFile(film, Buffer.concat(Array(FRAMES).fill(Buffer.from(frame, 'base64'))));
}
