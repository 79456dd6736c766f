// Times by locale. Times are milliseconds since the Unix epoch.

import { m } from '../paraglide/messages.js';
import { getLocale } from '../paraglide/runtime.js';

const SECOND = 1_000;

/** Largest first: the first unit that fits once is the one to speak of. */
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
	['year', 365 * 24 * 60 * 60 * SECOND],
	['month', 30 * 24 * 60 * 60 * SECOND],
	['week', 7 * 24 * 60 * 60 * SECOND],
	['day', 24 * 60 * 60 * SECOND],
	['hour', 60 * 60 * SECOND],
	['minute', 60 * SECOND]
];

/** The person's own variety of the language that is shown: British dates are not American ones. */
function region(): string {
	const locale = getLocale();
	const own = globalThis.navigator?.languages?.find((tag) => tag === locale || tag.startsWith(`${locale}-`));
	return own ?? locale;
}

/** A format is costly to make, and each row of a list that scrolls asks for one: there is one of each, as long as it is the same. */
function kept<Format>(make: (locale: string) => Format): (locale: string) => Format {
	const made = new Map<string, Format>();
	return (locale) => {
		const before = made.get(locale);
		if (before) return before;
		const format = make(locale);
		made.set(locale, format);
		return format;
	};
}

const relative = kept((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
const numbers = kept((locale) => new Intl.NumberFormat(locale));

/** How long ago, such as "3 hours ago". Clocks that disagree never make it the future. */
export function ago(time: number, now: number): string {
	const past = Math.max(0, now - time);
	for (const [unit, length] of UNITS) {
		if (past >= length) {
			return relative(getLocale()).format(-Math.floor(past / length), unit);
		}
	}
	return m.seen_just_now();
}

/** A day and a time, such as "24 Nov 2026, 14:05". */
export function dateTime(time: number): string {
	return new Intl.DateTimeFormat(region(), { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

/** A time of today, such as "14:05". */
export function timeOfDay(time: number): string {
	return new Intl.DateTimeFormat(region(), { timeStyle: 'short' }).format(time);
}

/** A time from which something works again: the minute after it, so that whoever keeps to it is not early. */
export function timeToTry(time: number): string {
	const minute = 60 * SECOND;
	return timeOfDay(Math.ceil(time / minute) * minute);
}

/** A day of this year, such as "24 Nov". */
export function dayAndMonth(time: number): string {
	return new Intl.DateTimeFormat(region(), { day: 'numeric', month: 'short' }).format(time);
}

export function number(value: number): string {
	return numbers(region()).format(value);
}

/** A time of day, such as "14:05". */
export function clockTime(time: number): string {
	return new Intl.DateTimeFormat(region(), { timeStyle: 'short' }).format(time);
}

/** What happened, under the days that it happened on, such as "Saturday, 28 November 2026". Order stays as it is. */
export function byDay<Row extends { at: number }>(rows: readonly Row[]): { day: string; rows: Row[] }[] {
	const format = new Intl.DateTimeFormat(region(), { dateStyle: 'full' });
	const days: { day: string; rows: Row[] }[] = [];
	for (const row of rows) {
		const day = format.format(row.at);
		const last = days.at(-1);
		if (last?.day === day) last.rows.push(row);
		else days.push({ day, rows: [row] });
	}
	return days;
}
