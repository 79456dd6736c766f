// Every member of the closed sets has its sentences in every language, and every message exists in all of them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import de from '../messages/de.json';
import en from '../messages/en.json';
import { advices, auditActions, errorCodes, formats } from '../src/host/wire';
import { locales } from '../src/paraglide/runtime.js';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

const LANGUAGES: Record<string, Record<string, unknown>> = { en, de };
const PARTS = ['what', 'why', 'next'];

/** Technical names that are the same in both languages. */
const SAME = new Set([
	'demo_as_support',
	'fleet_signals_hint',
	'mesh_title',
	'mesh_hop',
	'role_2',
	'app_name',
	'field_server_hint',
	'identity_cloud',
	'identity_imei',
	'identity_token',
	'state_online',
	'state_offline',
	'device_name',
	'people_status',
	'person_title',
	'invite_name',
	'device_firmware',
	'settings_server',
	'settings_theme_system',
	'settings_version',
	'key_esc',
	'nav_scan',
	'identifier_eui64',
	'identifier_imei'
]);

/** The named places in a message: those of a translation must be the same. */
function places(message: unknown): string[] {
	const text = JSON.stringify(message);
	return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
}

describe.each(Object.entries(LANGUAGES))('%s', (_, messages) => {
	it.each(errorCodes)('has three parts for the error %s', (code) => {
		for (const part of PARTS) expect(messages[`error_${code}_${part}`]).toBeTruthy();
	});

	it.each(advices)('has three parts for the advice %s', (advice) => {
		for (const part of PARTS) expect(messages[`advice_${advice}_${part}`]).toBeTruthy();
	});

	it.each(auditActions)('has words for the action %s', (action) => {
		expect(messages[`audit_action_${action}`]).toBeTruthy();
	});

	it.each(formats)('has a name for the format %s', (format) => {
		expect(messages[`format_${format}`]).toBeTruthy();
	});

	it('keeps status codes and our own words out of sentences', () => {
		for (const message of Object.values(messages)) {
			expect(JSON.stringify(message)).not.toMatch(/\b(4\d\d|5\d\d)\b|\btoken\b|\bentity\b|\bpayload\b/i);
		}
	});
});

it('has a file for each language', () => {
	expect(Object.keys(LANGUAGES).sort()).toEqual([...locales].sort());
});

it('says the same things with the same places in all languages', () => {
	expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
	for (const [key, message] of Object.entries<unknown>(en)) {
		expect(places(LANGUAGES['de']?.[key]), key).toEqual(places(message));
	}
});

it('has no sentence that nothing says', () => {
	/** Put together from closed sets, as in src/words. */
	const composed = /^(error_\w+_(what|why|next)|advice_|format_|role_|demo_as_|audit_action_)/;
	const source = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
		.filter((path) => /\.(ts|svelte)$/.test(path) && !path.startsWith('paraglide'))
		.map((path) => readFileSync(join(SOURCE, path), 'utf8'))
		.join('\n');
	const unused = Object.keys(en)
		.filter((key) => key !== '$schema' && !composed.test(key))
		.filter((key) => !new RegExp(`\\bm\\.${key}\\b`).test(source));
	expect(unused).toEqual([]);
});

it('leaves nothing untranslated', () => {
	const untranslated = Object.entries<unknown>(en)
		.filter(([key, message]) => typeof message === 'string' && message === LANGUAGES['de']?.[key])
		.map(([key]) => key)
		.filter((key) => !SAME.has(key) && key !== '$schema');
	expect(untranslated).toEqual([]);
});
