// The calls about kinds of devices, each with its types. All reject with a HostError.

import type { Host } from './host';
import type { ListSort, Page, Template, TemplateDetails, TemplateDraft } from './wire';

/** Rows on a page. */
const SIZE = 50;

const one = (id: string) => `template?${new URLSearchParams({ templateId: id })}`;

export function templatesTarget(search: string, sort: ListSort, page: number): string {
	const query = new URLSearchParams({ page: String(page), size: String(SIZE), sort });
	if (search) query.set('query', search);
	return `templates?${query}`;
}

/** Kinds that there are devices of within reach, by name: as many as one page has. */
export const kindsOfDevices = (host: Host) =>
	host.organization<Page<Template>>('GET', `${templatesTarget('', 'name', 0)}&hasDevices=true`);
export const findTemplates = (host: Host, search: string, sort: ListSort, page: number) =>
	host.organization<Page<Template>>('GET', templatesTarget(search, sort, page));
export const template = (host: Host, id: string) => host.organization<TemplateDetails>('GET', one(id));
export const createTemplate = (host: Host, body: TemplateDraft) =>
	host.organization<TemplateDetails>('POST', 'template', body);
export const editTemplate = (host: Host, id: string, body: TemplateDraft) =>
	host.organization<TemplateDetails>('PUT', one(id), body);
export const deleteTemplate = (host: Host, id: string) => host.organization<void>('DELETE', one(id));
