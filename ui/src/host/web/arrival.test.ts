import { expect, it } from 'vitest';

import { readArrival } from './arrival';

const TOKEN = 'sqr_AbCdEfGhIjKlMnOpQrStUvWxYz012345';

it.each([
	['/claim', `#${TOKEN}`, { kind: 'claim', text: TOKEN }],
	['/claim', `#${TOKEN}+12`, { kind: 'claim', text: `${TOKEN}+12` }],
	['/link', '#a1-b_2', { kind: 'link', code: 'a1-b_2' }],
	['/link', '', null],
	['/setup', '#a1b2', { kind: 'setup', code: 'a1b2' }],
	['/claim', '', null],
	['/claim', '#/devices', null],
	['/', `#${TOKEN}`, null],
	['/', '#/devices/4', null]
])('%s%s', (path, fragment, arrival) => expect(readArrival(path, fragment)).toEqual(arrival));
