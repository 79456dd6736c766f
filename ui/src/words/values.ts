// Values of datastreams, in words.

import type { DataStreamValue, Datastream, RawValue } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { number } from './dates';
import { foreign } from './foreign';

/** The number of a pin, as in `v5`. */
export const pinOf = ({ pin }: DataStreamValue): number => Number(pin.slice(1));

/** A value as people read it: with its unit, or the name that a number of an enumeration has. */
export function valueText(value: RawValue | undefined, of: Datastream | undefined): string {
	if (value === undefined) return m.values_none();
	if (typeof value === 'string') return foreign(value);
	if (typeof value !== 'number') return value.map((degrees) => number(degrees)).join(', ');
	if (of?.dataType.kind === 'enum') return of.dataType.values[value] ?? String(value);
	return of?.unit ? `${number(value)} ${of.unit}` : number(value);
}

/** What somebody typed, as the cloud takes it; null where it is none. */
export function typedValue(text: string, { dataType }: Datastream): RawValue | null {
	if (dataType.kind === 'string') return text;
	if (dataType.kind === 'location') return text.trim();
	const typed = Number(text.trim().replace(',', '.'));
	return text.trim() === '' || Number.isNaN(typed) ? null : typed;
}

/** Bytes of a text that a datastream holds. */
const MOST_TEXT = 1_024;

/** What is wrong with what somebody typed; null where nothing is. */
export function typedFault(text: string, of: Datastream): string | null {
	const { kind } = of.dataType;
	const isNumber = kind === 'integer' || kind === 'double';
	if (isNumber && text !== '' && typedValue(text, of) === null) return m.values_not_a_number();
	const over = kind === 'string' ? new TextEncoder().encode(text).length - MOST_TEXT : 0;
	return over > 0 ? m.values_too_long({ most: number(MOST_TEXT), over: number(over) }) : null;
}

/** Which numbers a datastream takes, or how long a text may be; nothing where it takes all, or none. */
export function rangeText(of: Datastream): string | undefined {
	if (of.dataType.kind === 'string') return m.values_room({ most: number(MOST_TEXT) });
	if (of.dataType.kind !== 'integer' && of.dataType.kind !== 'double') return undefined;
	const [min, max] = [of.dataType.min, of.dataType.max].map((end) =>
		end === null ? null : valueText(end, of)
	);
	if (min != null && max != null) return m.values_range({ min, max });
	if (min != null) return m.values_least({ min });
	return max == null ? undefined : m.values_most({ max });
}

/** What a datastream holds instead of what somebody asked for. */
export function heldText(asked: RawValue, held: RawValue, of: Datastream): string {
	const words = asked > held ? m.values_held_most : m.values_held_least;
	return words({ value: valueText(held, of), name: of.name });
}

/** Whether a chart can be drawn of it. */
export const isPlotted = ({ dataType }: Datastream): boolean =>
	dataType.kind === 'integer' || dataType.kind === 'double';
