// Places that only some people may go to. The cloud decides again with each call.

import BadgeCheck from '@lucide/svelte/icons/badge-check';
import Bug from '@lucide/svelte/icons/bug';
import Building2 from '@lucide/svelte/icons/building-2';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import History from '@lucide/svelte/icons/history';
import Mail from '@lucide/svelte/icons/mail';
import Shapes from '@lucide/svelte/icons/shapes';
import Tags from '@lucide/svelte/icons/tags';
import Users from '@lucide/svelte/icons/users';

import type { Permission } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { readsMail } from './mailbox.svelte';
import { atTheTop, type SessionStore } from './session.svelte';

const STAFF = [
	{ path: '/overview', name: m.nav_overview, icon: ChartColumn, rare: true, needs: 'see_below' },
	{ path: '/batches', name: m.nav_batches, icon: Tags, rare: true, needs: 'manage_tokens' },
	{ path: '/templates', name: m.nav_templates, icon: Shapes, rare: true, needs: 'manage_templates' },
	{ path: '/approvals', name: m.nav_approvals, icon: BadgeCheck, rare: true, needs: 'claim_for_others' },
	{ path: '/people', name: m.nav_people, icon: Users, rare: true, needs: 'view_people' },
	{ path: '/organizations', name: m.nav_organizations, icon: Building2, rare: true, needs: 'see_below' },
	{ path: '/audit', name: m.nav_audit, icon: History, rare: true, needs: 'view_audit' }
] satisfies { needs: Permission; [key: string]: unknown }[];

const MAILBOX = { path: '/mailbox', name: m.nav_mailbox, icon: Mail, rare: true };
const TESTERS = { path: '/testers', name: m.nav_testers, icon: Bug, rare: true };

/** Places that no list of them names, and who may go there. */
const BESIDE: readonly { path: string; needs: Permission }[] = [{ path: '/why', needs: 'claim_for_others' }];

/** What somebody finds at a place: what is there, that it is not theirs to see, or nothing. */
export function foundAt(
	session: Pick<SessionStore, 'may' | 'current'>,
	route: string
): 'all' | 'not_allowed' | 'nothing' {
	const is = ({ path }: { path: string }) => route === path || route.startsWith(`${path}/`);
	const known = [...STAFF, ...BESIDE].find(is);
	if (known) return session.may(known.needs) ? 'all' : 'not_allowed';
	if (!is(TESTERS)) return 'all';
	if (!session.current?.faults) return 'nothing';
	return atTheTop(session.current) ? 'all' : 'not_allowed';
}

/** On a phone these have no room in the bar: they stand in the settings. */
export function staffPlaces(session: Pick<SessionStore, 'may' | 'current'>) {
	const places = STAFF.filter(({ needs }) => session.may(needs));
	const { current } = session;
	if (!current) return places;
	const mailbox = readsMail(current) ? [MAILBOX] : [];
	const testers = current.faults && atTheTop(current) ? [TESTERS] : [];
	return [...places, ...mailbox, ...testers];
}
