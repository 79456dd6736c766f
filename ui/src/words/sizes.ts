// Sizes of files by locale.

import { getLocale } from '../paraglide/runtime.js';

/** The largest first. */
const UNITS = [
	['megabyte', 1_000_000],
	['kilobyte', 1_000],
	['byte', 1]
] as const;

/** A size such as "1.2 MB". */
export function fileSize(bytes: number): string {
	const [unit, length] = UNITS.find(([, length]) => bytes >= length) ?? UNITS[2];
	// Short, bytes have no plural in some languages.
	const unitDisplay = unit === 'byte' ? 'long' : 'short';
	const format = new Intl.NumberFormat(getLocale(), {
		style: 'unit',
		unit,
		unitDisplay,
		maximumFractionDigits: 1
	});
	return format.format(bytes / length);
}
