// What a program called itself on signing in, in the words of people.

import type { SessionInfo } from '../host/wire';
import { m } from '../paraglide/messages.js';

/** Those that name others, too, stand before them. */
const BROWSERS: readonly [RegExp, string][] = [
	[/\bEdgA?\//, 'Edge'],
	[/\bOPR\//, 'Opera'],
	[/\b(Firefox|FxiOS)\//, 'Firefox'],
	[/(Chrome|CriOS)\//, 'Chrome'],
	[/\bSafari\//, 'Safari']
];
const SYSTEMS: readonly [RegExp, string][] = [
	[/\bAndroid\b/, 'Android'],
	[/\b(iPhone|iPad)\b/, 'iOS'],
	[/\bWindows\b/, 'Windows'],
	[/\bMac OS X\b/, 'macOS'],
	[/\bCrOS\b/, 'ChromeOS'],
	[/\bLinux\b/, 'Linux']
];

const found = (text: string, names: readonly [RegExp, string][]) =>
	names.find(([pattern]) => pattern.test(text))?.[1];

export function programName({ program, browser }: Pick<SessionInfo, 'program' | 'browser'>): string {
	const text = program ?? '';
	if (!browser)
		return /^handover\//.test(text) ? m.session_app() : text.split(/[\s/]/)[0] || m.session_program();
	const name = found(text, BROWSERS) ?? m.session_browser();
	const system = found(text, SYSTEMS);
	return system ? m.session_browser_on({ browser: name, system }) : name;
}
