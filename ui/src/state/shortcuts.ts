// Keys that work on every screen. Single letters are left alone while something is typed.

export type Shortcut = 'add' | 'refresh' | 'search' | 'help' | 'palette' | 'back';

const LETTERS: Readonly<Record<string, Shortcut>> = {
	a: 'add',
	r: 'refresh',
	'/': 'search',
	'?': 'help',
	escape: 'back'
};

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'defaultPrevented'>;

/** The shortcut that these keys are, wherever the focus is; null for none. */
export function shortcutFor(keys: Keys, typing: boolean): Shortcut | null {
	if (keys.defaultPrevented) return null;
	const key = keys.key.toLowerCase();
	if ((keys.ctrlKey || keys.metaKey) && !keys.altKey) return key === 'k' ? 'palette' : null;
	if (keys.altKey || (typing && key !== 'escape')) return null;
	return LETTERS[key] ?? null;
}

export function shortcutOf(event: KeyboardEvent): Shortcut | null {
	const { target } = event;
	const typing =
		target instanceof HTMLElement && (target.isContentEditable || target.matches('input, select, textarea'));
	return shortcutFor(event, typing);
}
