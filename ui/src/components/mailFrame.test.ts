import { describe, expect, it } from 'vitest';

import { withoutStyles } from './mailFrame';

describe('a mail in its frame', () => {
	it.each([
		['<p style="margin: 0">a</p>', '<p data-style="margin: 0">a</p>', ''],
		['<style>\np { }\n</style><b>a</b>', '<b>a</b>', '\np { }\n'],
		['<p>&lt;style&#62; style=&#34;x&#34;</p>', '<p>&lt;style&#62; style=&#34;x&#34;</p>', '']
	])('%j has its styles taken out', (html, markup, sheet) => {
		expect(withoutStyles(html)).toEqual({ markup, sheet });
	});
});
