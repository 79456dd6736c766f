import { expect, it, vi } from 'vitest';

import { HostError, type Host } from '../host';
import { PagedList } from './paged.svelte';
import { SessionStore } from './session.svelte';

interface Row {
	id: number;
	name: string;
}

/** A list of a cloud with so many rows, the highest number first, in pages of two. */
function listed(count: number) {
	const cloud = {
		rows: Array.from({ length: count }, (_, at): Row => ({ id: count - at, name: 'as it was' })),
		broken: false,
		asked: 0
	};
	const ask = (search: string, page: number) => {
		cloud.asked += 1;
		if (cloud.broken) throw new HostError({ code: 'unreachable', message: '' });
		const rows = cloud.rows.filter(({ name }) => name.includes(search));
		return Promise.resolve({ content: rows.slice(2 * page, 2 * page + 2), totalElements: rows.length });
	};
	const list = new PagedList<Row>(new SessionStore({} as Host), async (search, page) => ask(search, page));
	return { cloud, list, ids: () => list.rows.map(({ id }) => id) };
}

it('shows what changed, down to where somebody has read', async () => {
	const { cloud, list, ids } = listed(7);
	await list.refresh();
	await list.more();
	expect(ids()).toEqual([7, 6, 5, 4]);
	cloud.rows = [{ id: 8, name: 'new' }, ...cloud.rows.filter(({ id }) => id !== 6)];
	await list.renew();
	expect(ids()).toEqual([8, 7, 5, 4]);
	expect(list.total).toBe(7);
});

it('goes on with what the page before says is next, and ends where none is said', async () => {
	const asked: (string | undefined)[] = [];
	const list = new PagedList<Row>(new SessionStore({} as Host), (_, page, next) => {
		asked.push(next);
		const rows = [{ id: page, name: 'one' }];
		const told = page < 2 ? { next: `after ${page}` } : {};
		return Promise.resolve({ content: rows, totalElements: 1, totalIsLowerBound: true, ...told });
	});
	await list.refresh();
	await list.more();
	expect(list.hasMore).toBe(true);
	await list.more();
	expect(asked).toEqual([undefined, 'after 0', 'after 1']);
	expect([list.rows.length, list.hasMore]).toEqual([3, false]);
});

it('keeps what is far down until somebody asks', async () => {
	const { cloud, list, ids } = listed(12);
	await list.refresh();
	for (let page = 1; page < 6; page += 1) await list.more();
	expect(ids()).toHaveLength(12);
	cloud.asked = 0;
	cloud.rows = [{ id: 13, name: 'new' }, ...cloud.rows];
	await list.renew();
	expect(ids()).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
	expect(cloud.asked).toBe(4);
});

it('asks nothing before somebody has, and shows what it had where that fails', async () => {
	const { cloud, list, ids } = listed(2);
	await list.renew();
	expect(cloud.asked).toBe(0);
	await list.refresh();
	cloud.broken = true;
	await list.renew();
	expect([ids(), list.error, list.loading]).toEqual([[2, 1], null, false]);
});

it('looks again at what changed while the answer was on its way', async () => {
	const { cloud, list, ids } = listed(2);
	const first = list.refresh();
	cloud.rows = [{ id: 3, name: 'new' }, ...cloud.rows];
	await list.renew();
	await first;
	await vi.waitFor(() => expect(ids()).toContain(3));
});

it('renews what is above once more is read', async () => {
	const { cloud, list, ids } = listed(4);
	await list.refresh();
	cloud.rows = [{ id: 5, name: 'new' }, ...cloud.rows];
	const renewed = list.renew();
	await list.more();
	await renewed;
	await vi.waitFor(() => expect(ids()).toEqual([5, 4, 3, 2]));
});

it('goes on with the search that was asked, not with what is being typed', async () => {
	const { list, ids } = listed(4);
	await list.refresh();
	list.search = 'nothing has this';
	await list.more();
	expect(ids()).toEqual([4, 3, 2, 1]);
});
