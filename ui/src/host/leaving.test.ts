import { afterEach, expect, it, vi } from 'vitest';

import { askBeforeLeaving, leaveFreely, staying } from './leaving';

/** A window of which somebody asks whether it may go. */
function page(): () => boolean {
	const window = new EventTarget();
	vi.stubGlobal('window', window);
	return () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

afterEach(() => vi.unstubAllGlobals());

it('asks before the page goes while any work is under way, and no longer', async () => {
	const mayGo = page();
	let end: () => void = () => {};
	const long = staying(() => new Promise<void>((resolve) => (end = resolve)));
	await expect(staying(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
	expect(mayGo()).toBe(false);
	end();
	await long;
	expect(mayGo()).toBe(true);
});

it('asks once for what is held, however often that is said', () => {
	const mayGo = page();
	askBeforeLeaving('claims');
	askBeforeLeaving('claims');
	expect(mayGo()).toBe(false);
	leaveFreely('claims');
	expect(mayGo()).toBe(true);
});
