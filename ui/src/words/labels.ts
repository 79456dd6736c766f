// What a label is and what to do with it, by the closed sets of formats and advice.

import type { Advice, Format } from '../host/wire';
import { m } from '../paraglide/messages.js';
import type { Report } from './errors';

export function adviceReport(advice: Advice): Report {
	const name = `advice_${advice}_what` in m ? advice : 'unknown';
	return {
		what: m[`advice_${name}_what`](),
		why: m[`advice_${name}_why`](),
		next: m[`advice_${name}_next`]()
	};
}

export function formatName(format: Format): string {
	// A cloud newer than this page may know formats that the page has no name for.
	const name = `format_${format}` as const;
	return name in m ? m[name]() : m.format_other();
}

const IDENTITY: Readonly<Record<string, () => string>> = {
	token: m.identity_token,
	org_id: m.identity_org_id,
	cloud: m.identity_cloud,
	serial: m.identity_serial,
	dev_eui: m.identity_dev_eui,
	join_eui: m.identity_join_eui,
	vendor_id: m.identity_vendor_id,
	profile_id: m.identity_profile_id,
	owner_token: m.identity_owner_token,
	proprietary: m.identity_proprietary,
	eui48: m.identifier_eui48,
	eui64: m.identifier_eui64,
	imei: m.identity_imei,
	gtin: m.identity_gtin,
	lot: m.identity_lot
};

/** The name of a fact on a label; unknown ones keep the name that they came with. */
export function identityName(fact: string): string {
	return IDENTITY[fact]?.() ?? fact;
}
