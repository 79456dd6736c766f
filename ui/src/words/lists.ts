// How many rows a list has.

import { m } from '../paraglide/messages.js';
import { number } from './dates';

/** The number, or that it is more than that where no more are counted. */
export function counted({ total, countsOn }: { total: number; countsOn: boolean }): string {
	return countsOn ? m.devices_more_than({ number: number(total) }) : number(total);
}
