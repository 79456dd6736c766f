// Keys that work on every screen, and those of the scan. Single letters are left alone while something is typed.

export type Shortcut = 'add' | 'refresh' | 'search' | 'help' | 'palette' | 'back';

const LETTERS: Readonly<Record<string, Shortcut>> = {
	a: 'add',
	r: 'refresh',
	'/': 'search',
	'?': 'help',
	escape: 'back'
};

export type ScanShortcut = 'light' | 'nearer' | 'wider';

const SCAN: Readonly<Record<string, ScanShortcut>> = {
	l: 'light',
	'+': 'nearer',
	// The key of the plus sign without Shift.
	'=': 'nearer',
	'-': 'wider'
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

/** The same for the keys of the scan. */
export function scanShortcutFor(keys: Keys, typing: boolean): ScanShortcut | null {
	if (keys.defaultPrevented || keys.ctrlKey || keys.metaKey || keys.altKey || typing) return null;
	return SCAN[keys.key.toLowerCase()] ?? null;
}

export function shortcutOf(event: KeyboardEvent): Shortcut | null {
	return shortcutFor(event, isTyping(event));
}

export function scanShortcutOf(event: KeyboardEvent): ScanShortcut | null {
	return scanShortcutFor(event, isTyping(event));
}

function isTyping({ target }: KeyboardEvent): boolean {
	return (
		target instanceof HTMLElement && (target.isContentEditable || target.matches('input, select, textarea'))
	);
}
