import { describe, expect, it } from 'vitest';

import { m } from '../paraglide/messages.js';
import { linkFault } from './linkName';

describe('a name in mails', () => {
	it.each([
		['Win at https://evil.example now', true],
		['WWW.evil', true],
		['Evil.Com', true],
		['write to me@evil', true],
		['Ada Marsh', false],
		['J.R.R. Tolkien', false],
		['Turnverein Grün e.V.', false],
		['Pumps & Co. KG', false],
		['Version 2.0', false],
		['Café @ Home', false],
		['', false]
	])('%j', (name, links) => expect(linkFault(name)).toBe(links ? m.name_link() : null));
});
