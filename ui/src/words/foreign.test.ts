import { expect, it } from 'vitest';

import { foreign } from './foreign';

it.each([
	['Grüße 🌱 שלום 👩‍🌾', 'Grüße 🌱 שלום 👩‍🌾'],
	['on\u202Eoff', 'on⟨U+202E⟩off'],
	['a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩'],
	['one\ntwo\t\0', 'one␊two␉␀'],
	['\u001b[2J\u009b', '␛[2J⟨U+009B⟩']
])('a text steers nothing on the page, and all of it is seen: %j', (text, want) => {
	expect(foreign(text)).toBe(want);
});
