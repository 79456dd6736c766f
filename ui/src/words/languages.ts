// Languages are named in themselves, so that whoever needs one can read it.

import type { Locale } from '../paraglide/runtime.js';

export const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'English', de: 'Deutsch' };
