import { expect, it } from 'vitest';

import { hostOf, namesAnother } from './server';

it.each([
	[undefined, 'https://cloud.example/', false],
	[undefined, null, false],
	['cloud.example', 'https://cloud.example/', false],
	['cloud.example', 'https://CLOUD.example', false],
	['cloud.example:8443', 'https://cloud.example:8443/', false],
	['cloud.example:8443', 'https://cloud.example/', true],
	['cloud.example', 'https://cloud.example.net/', true],
	['evil.example', 'https://cloud.example/', true],
	['127.0.0.1:40123', 'http://127.0.0.1:8080/', false],
	['127.0.0.1', 'http://127.0.0.1:8080/', false],
	['localhost:1', 'http://localhost:8080/', false],
	['[::1]:1', 'http://[::1]:8080/', false],
	['127.0.0.2:8080', 'http://127.0.0.1:8080/', true],
	['evil.example', 'http://127.0.0.1:8080/', true],
	['127.0.0.1:8080', 'https://cloud.example/', true],
	['127.0.0.1.evil.example:1', 'https://127.0.0.1.evil.example/', true],
	['cloud.example', null, true],
	['no host', 'https://cloud.example/', true]
])('a label that names %s, on %s', (named, server, another) => {
	expect(namesAnother(named, server)).toBe(another);
});

it('shows a server by its host', () => {
	expect(hostOf('https://cloud.example:8443/')).toBe('cloud.example:8443');
});
