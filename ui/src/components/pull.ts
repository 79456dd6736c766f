// Pull to refresh, for a finger at the top of a scrolled area. Keyboards have a key and pointers a button for it.

import type { Attachment } from 'svelte/attachments';

/** Pixels to pull until letting go refreshes. */
const ENOUGH = 72;
/** The area follows the finger half as far: it feels held. */
const HELD = 0.5;

export interface Pull {
	/** How far it is pulled, from 0 to 1 where letting go refreshes. */
	onpull(amount: number): void;
	onrefresh(): void;
}

export function pull({ onpull, onrefresh }: Pull): Attachment<HTMLElement> {
	return (area) => {
		let from: number | null = null;
		let amount = 0;

		const set = (to: number): void => {
			amount = to;
			onpull(to);
		};
		const start = ({ touches }: TouchEvent): void => {
			from = area.scrollTop <= 0 && touches.length === 1 ? (touches[0]?.clientY ?? null) : null;
		};
		const move = ({ touches }: TouchEvent): void => {
			const y = touches[0]?.clientY;
			if (from === null || y === undefined) return;
			set(Math.min(1, Math.max(0, ((y - from) * HELD) / ENOUGH)));
		};
		const end = (): void => {
			if (amount >= 1) onrefresh();
			from = null;
			set(0);
		};

		const passive = { passive: true };
		area.addEventListener('touchstart', start, passive);
		area.addEventListener('touchmove', move, passive);
		area.addEventListener('touchend', end, passive);
		area.addEventListener('touchcancel', end, passive);
		return () => {
			area.removeEventListener('touchstart', start);
			area.removeEventListener('touchmove', move);
			area.removeEventListener('touchend', end);
			area.removeEventListener('touchcancel', end);
		};
	};
}
