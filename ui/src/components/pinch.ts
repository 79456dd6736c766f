// Two fingers that go apart or together over an area. Keyboards have keys and pointers have buttons for it.

import type { Attachment } from 'svelte/attachments';

export interface Pinch {
	/** Two fingers are down. */
	onstart(): void;
	/** How many times as far apart they are as when they came down. */
	onpinch(times: number): void;
}

export function pinch({ onstart, onpinch }: Pinch): Attachment<HTMLElement> {
	return (area) => {
		let from = 0;

		const start = ({ touches }: TouchEvent): void => {
			from = apart(touches);
			if (from > 0) onstart();
		};
		const move = (event: TouchEvent): void => {
			const now = apart(event.touches);
			if (from === 0 || now === 0) return;
			// The page itself is not to be enlarged.
			event.preventDefault();
			onpinch(now / from);
		};
		const end = (): void => {
			from = 0;
		};

		area.addEventListener('touchstart', start, { passive: true });
		area.addEventListener('touchmove', move, { passive: false });
		area.addEventListener('touchend', end, { passive: true });
		area.addEventListener('touchcancel', end, { passive: true });
		return () => {
			area.removeEventListener('touchstart', start);
			area.removeEventListener('touchmove', move);
			area.removeEventListener('touchend', end);
			area.removeEventListener('touchcancel', end);
		};
	};
}

/** How far two fingers are apart, in pixels; 0 where there are not two. */
function apart(touches: TouchList): number {
	const [a, b] = [touches[0], touches[1]];
	return touches.length === 2 && a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
}
