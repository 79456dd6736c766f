// What this person prefers on this machine: theme, language, camera. Kept in the browser's storage; nothing secret
// is ever among it.

import { locales, overwriteGetLocale, type Locale } from '../paraglide/runtime.js';

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'system' | Locale;

interface Stored {
	theme: Theme;
	language: Language;
	camera: string | null;
}

const KEY = 'handover.preferences';
const DEFAULTS: Stored = { theme: 'system', language: 'system', camera: null };

export class Preferences {
	#stored = $state<Stored>(read());

	get theme(): Theme {
		return this.#stored.theme;
	}
	set theme(theme: Theme) {
		this.change({ theme });
	}

	get language(): Language {
		return this.#stored.language;
	}
	set language(language: Language) {
		this.change({ language });
	}

	/** The camera to open; null for any. */
	get camera(): string | null {
		return this.#stored.camera;
	}
	set camera(camera: string | null) {
		this.change({ camera });
	}

	/** The language that is shown. */
	readonly locale = $derived.by<Locale>(() => {
		if (this.language !== 'system') return this.language;
		for (const tag of navigator.languages) {
			const primary = tag.split('-')[0];
			const match = locales.find((locale) => locale === primary);
			if (match) return match;
		}
		return 'en';
	});

	/** Puts theme and language on the document, and every sentence under the reactive language. */
	apply(): void {
		overwriteGetLocale(() => this.locale);
		$effect.root(() => {
			$effect(() => {
				const root = document.documentElement;
				root.lang = this.locale;
				if (this.theme === 'system') delete root.dataset['theme'];
				else root.dataset['theme'] = this.theme;
			});
		});
	}

	private change(change: Partial<Stored>): void {
		this.#stored = { ...this.#stored, ...change };
		try {
			localStorage.setItem(KEY, JSON.stringify(this.#stored));
		} catch {
			// Storage may be full or forbidden; the choice then holds until the page is closed.
		}
	}
}

function read(): Stored {
	try {
		const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Stored, unknown>>;
		return {
			theme: oneOf(['system', 'light', 'dark'], stored.theme) ?? DEFAULTS.theme,
			language: oneOf(['system', ...locales], stored.language) ?? DEFAULTS.language,
			camera: typeof stored.camera === 'string' ? stored.camera : DEFAULTS.camera
		};
	} catch {
		return DEFAULTS;
	}
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
	return values.find((known) => known === value);
}
