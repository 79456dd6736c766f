// Arrows move between the rows of a list; Tab still reaches each of them.

/** For a list's keydown; what stands for a row carries `data-row`. */
export function arrows(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	if (!step) return;
	const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
	const at = rows.indexOf(document.activeElement as HTMLElement);
	const to = rows[at + step];
	if (at < 0 || !to) return;
	event.preventDefault();
	to.focus();
}
