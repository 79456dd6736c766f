// Devices that were given up, in words.

import { m } from '../paraglide/messages.js';
import type { Released } from '../state/app.svelte';
import { number } from './dates';

const counted = ({ labels }: Released) => ({ count: labels.length, shown: number(labels.length) });
const only = ({ labels }: Released) => (labels.length === 1 ? labels[0]?.name : undefined);

export function releasedTitle(released: Released): string {
	const name = only(released);
	if (name === undefined) return m.released_many_title(counted(released));
	return released.deleted ? m.deleted_title({ name }) : m.released_title({ name });
}
