// What the parts of templates are called, and what is wrong with one.

import type {
	DataType,
	Datastream,
	ErrorBody,
	MetaKind,
	Severity,
	Template,
	TemplateProblem
} from '../host/wire';
import { m } from '../paraglide/messages.js';
import { number } from './dates';

export type DataKind = DataType['kind'];

const KINDS: Readonly<Record<DataKind, () => string>> = {
	integer: m.data_integer,
	double: m.data_double,
	string: m.data_string,
	enum: m.data_enum,
	location: m.data_location
};
const META_KINDS: Readonly<Record<MetaKind, () => string>> = {
	text: m.meta_text,
	number: m.meta_number
};
const SEVERITIES: Readonly<Record<Severity, () => string>> = {
	info: m.severity_info,
	warning: m.severity_warning,
	critical: m.severity_critical
};
const PROBLEMS: Readonly<Record<TemplateProblem, () => string>> = {
	too_many: m.template_too_many,
	double_pin: m.template_double_pin,
	bad_name: m.template_bad_name,
	double_name: m.template_double_name,
	bad_code: m.template_bad_code,
	bad_unit: m.template_bad_unit,
	bad_range: m.template_bad_range,
	bad_values: m.template_bad_values,
	bad_default: m.template_bad_default
};

/** Templates to choose from. Those of one name, of organizations above each other, are told apart by their ids. */
export function templateOptions(
	templates: readonly Pick<Template, 'templateId' | 'name'>[]
): { value: string; name: string }[] {
	const namesakes = (name: string) => templates.filter((other) => other.name === name).length;
	return templates.map(({ templateId, name }) => ({
		value: templateId,
		name: namesakes(name) > 1 ? `${name} · ${templateId}` : name
	}));
}

export const dataKindName = (kind: DataKind): string => KINDS[kind]();
export const dataKinds = Object.keys(KINDS) as DataKind[];
export const metaKindName = (kind: MetaKind): string => META_KINDS[kind]();
export const metaKinds = Object.keys(META_KINDS) as MetaKind[];
export const severityName = (severity: Severity): string => SEVERITIES[severity]();
export const severities = Object.keys(SEVERITIES) as Severity[];

/** What is wrong with a template; null where the error is about something else. */
export function templateSentence({ code, attributes }: ErrorBody): string | null {
	const { problem = '', devices = '0', tokens = '0', batches = '0' } = attributes ?? {};
	if (code === 'template_in_use') return m.template_used({ devices, labels: tokens, batches });
	if (code !== 'bad_template' || !(problem in PROBLEMS)) return null;
	return PROBLEMS[problem as TemplateProblem]();
}

/** The line below a datastream's name: what it holds, between which bounds, and who sets it. */
export function datastreamLine({ dataType, unit, writable }: Datastream): string {
	const words = [dataKindName(dataType.kind)];
	if (dataType.kind === 'integer' || dataType.kind === 'double') {
		const { min, max } = dataType;
		const bound = (value: number | null) => (value === null ? '' : number(value));
		if (min !== null || max !== null) words.push(`${bound(min)} … ${bound(max)}`);
	} else if (dataType.kind === 'enum') {
		words.push(dataType.values.join(', '));
	}
	if (unit) words.push(unit);
	if (writable) words.push(m.datastream_writable_mark());
	return words.join(' · ');
}

/** A text of a form as a number; none where it is empty. NaN, which the cloud refuses, where it is none. */
export function typedNumber(text: string): number | null {
	const plain = text.trim().replace(',', '.');
	return plain === '' ? null : Number(plain);
}
