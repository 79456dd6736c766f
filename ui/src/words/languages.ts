// Languages are named in themselves, so that whoever needs one can read it.

import type { Locale } from '../paraglide/runtime.js';

export const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'English', de: 'Deutsch' };

/** What a language is called; a tag that nobody here knows stands for itself. */
export function languageName(tag: string): string {
	const language = tag.split('-')[0] ?? tag;
	return Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language as Locale] : tag;
}
