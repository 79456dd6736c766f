// Rules that the compiler does not know: who may talk to the outside, and where words and styles stand.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

function files(extension: RegExp): { path: string; text: string }[] {
	return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
		.filter((path) => extension.test(path) && !path.startsWith('paraglide'))
		.map((path) => ({
			path: relative(SOURCE, join(SOURCE, path)),
			text: readFileSync(join(SOURCE, path), 'utf8')
		}));
}

const SOURCES = files(/\.(ts|svelte)$/);
const COMPONENTS = files(/\.svelte$/);

/** A component's markup, without what it runs and how it looks. */
function markup(text: string): string {
	return text
		.replace(/<script[\s\S]*?<\/script>/g, '')
		.replace(/<style[\s\S]*?<\/style>/g, '')
		.replace(/<!--[\s\S]*?-->/g, '');
}

describe('only src/host', () => {
	const outside = SOURCES.filter(({ path }) => !path.startsWith('host/'));

	it.each(outside)('not $path talks to Tauri or over the network', ({ text }) => {
		expect(text).not.toMatch(/@tauri-apps\/|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|EventSource/);
	});
});

describe('storage holds preferences, whom a tab adds for, and for a day labels that wait', () => {
	const keepers = ['state/preferences.svelte.ts', 'host/web.ts', 'host/web/kept.ts', 'state/tab.ts'];
	const others = SOURCES.filter(({ path }) => !keepers.includes(path));

	it.each(others)('$path stores nothing', ({ text }) => {
		expect(text).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie/);
	});
});

describe('components', () => {
	it.each(COMPONENTS)('$path holds no literal text', ({ text }) => {
		// Text between tags, without what Svelte puts in: only marks such as the dot between two facts are left.
		const literal = markup(text)
			.replace(/\{(?:[^{}]|\{[^{}]*\})*\}/g, '')
			.replace(/<[^>]*>/g, '');
		expect(literal).not.toMatch(/\p{L}{2,}/u);
	});

	it.each(COMPONENTS)('$path has no inline styles, which the content security policy refuses', ({ text }) => {
		expect(markup(text)).not.toMatch(/\sstyle=/);
	});

	it.each(COMPONENTS)('$path puts no unchecked HTML on the page', ({ text }) => {
		expect(text).not.toMatch(/\{@html/);
	});
});

it('keeps files short', () => {
	const long = SOURCES.filter(({ path, text }) => path !== 'host/wire.ts' && text.split('\n').length > 400);
	expect(long.map(({ path }) => path)).toEqual([]);
});
