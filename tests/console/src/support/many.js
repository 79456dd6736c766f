// Thousands of devices, and a list that has read all of them.

import { DEADLINE } from './wait.js';

/** The maker makes so many. */
export async function makeMany(cloud, count) {
	const admin = cloud.user(1);
	const asked = await cloud.call(admin, 'POST', 'devices/create', {
		templateId: 'TMPLsoil00001',
		name: 'Pump {n}',
		count
	});
	const { id } = await asked.json();
	await cloud.made(admin, `devices/work?workId=${id}`);
}

/**
 * Scrolls down until so many rows were read, or until nothing more came for as long as a test waits.
 * @returns The most rows that were in the page at once on the way.
 */
export const readAll = (page, count) =>
	page.getByRole('list', { name: 'Devices' }).evaluate(
		async (list, { all, patience }) => {
			let pane = list;
			while (pane && !/auto|scroll/.test(getComputedStyle(pane).overflowY)) pane = pane.parentElement;
			const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
			const rows = () => [...list.querySelectorAll('li')];
			let most = 0;
			for (let now = await frame(), moved = now; now - moved < patience; now = await frame()) {
				if (Math.max(...rows().map((row) => Number(row.getAttribute('aria-posinset')))) >= all) break;
				const before = pane.scrollTop;
				pane.scrollTop += 600;
				most = Math.max(most, rows().length);
				// While the next page is on its way there is nothing to scroll to.
				if (pane.scrollTop !== before) moved = now;
			}
			return most;
		},
		{ all: count, patience: DEADLINE }
	);
