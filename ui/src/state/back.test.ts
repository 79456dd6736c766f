import { expect, it } from 'vitest';

import { backFrom } from './back';

it.each([
	['/devices/23', 'search=pump+2&sort=name', '/devices?search=pump+2&sort=name'],
	['/batches/3', '', '/batches'],
	['/batches/find', 'search=x', '/batches?search=x'],
	['/people/3', 'org=2&name=Green+Farm', '/people?org=2&name=Green+Farm'],
	['/organizations/12', '', '/organizations'],
	['/templates/TMPLsoil00001', '', '/templates'],
	['/mailbox/4', '', '/mailbox'],
	['/devices', 'search=pump', null],
	['/batches', '', null],
	['/audit', 'action=sign_in', null],
	['/settings', '', null],
	['/scan', '', '/devices'],
	['/why', '', '/devices']
])('from %s?%s one goes back to %s', (location, querystring, to) => {
	expect(backFrom(location, querystring)).toBe(to);
});
