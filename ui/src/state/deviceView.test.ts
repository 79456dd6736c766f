import { expect, it } from 'vitest';

import { isFiltered, isPlain, readView, viewPath } from './deviceView';

it.each([
	['', {}],
	['sort=name&state=offline&template=TMPLx', { sort: 'name', state: 'offline', templateId: 'TMPLx' }],
	['sort=newest&state=lost&template=', {}],
	['org=2&name=Farm&sort=long_unseen', { sort: 'long_unseen' }]
])('reads %s', (address, view) => {
	expect(readView(address)).toEqual(view);
});

it('keeps what else stands in the address', () => {
	expect(viewPath('org=2&name=Farm&state=online', { sort: 'name' })).toBe('?org=2&name=Farm&sort=name');
	expect(viewPath('sort=name', { sort: 'newest' })).toBe('');
	expect(viewPath('', { state: 'online', templateId: 'TMPLa' })).toBe('?state=online&template=TMPLa');
});

it('tells a filter from an order', () => {
	expect([isFiltered({ sort: 'name' }), isPlain({ sort: 'name' })]).toEqual([false, false]);
	expect([isFiltered({ state: 'online' }), isPlain({})]).toEqual([true, true]);
});
