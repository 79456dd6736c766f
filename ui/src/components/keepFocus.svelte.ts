// Whoever works with keys stays where they work, also where what they pressed goes, or is not to be pressed any more.

import { tick, untrack } from 'svelte';

/** Whether nothing has the focus that could be used. */
function isLost(): boolean {
	const at = document.activeElement;
	return at === null || at === document.body || at.matches(':disabled');
}

/**
 * Where a change of what is shown takes what has the focus, the focus is given to something else. To be called as `$effect` is.
 * @param region What the focus is kept in; it has to have it when the change comes.
 * @param shown Reads all that decides what the region shows.
 * @param give Gives the focus to what comes next there.
 */
export function keepFocus(
	region: () => HTMLElement | undefined,
	shown: () => unknown,
	give: () => void
): void {
	// Before the change is drawn one can still see what has the focus.
	$effect.pre(() => {
		shown();
		if (!untrack(region)?.contains(document.activeElement)) return;
		void tick().then(() => {
			if (isLost()) give();
		});
	});
}

/** Gives the focus to the screen's heading, where nothing nearer is left; what is in view stays. */
export function focusHeading(): void {
	document.querySelector<HTMLElement>('main [data-heading]')?.focus({ preventScroll: true });
}
