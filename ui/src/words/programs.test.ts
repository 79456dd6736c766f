import { expect, it } from 'vitest';

import { programName } from './programs';

const CHROME =
	'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const EDGE =
	'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';
const SAFARI =
	'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1';

it.each([
	[CHROME, true, 'Chrome on Linux'],
	[EDGE, true, 'Edge on Windows'],
	[SAFARI, true, 'Safari on iOS'],
	['something', true, 'A browser'],
	[null, true, 'A browser'],
	['handover/0.1.0', false, 'Handover, app or command line'],
	['curl/8.5.0', false, 'curl'],
	[null, false, 'A program']
])('%s', (program, browser, want) => {
	expect(programName({ program, browser })).toBe(want);
});
