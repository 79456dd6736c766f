// Numbers that stand in addresses, which anybody can write.

/** The number of a thing; null where it is none, so that there is no such thing. */
export function numberIn(text: string | null | undefined): number | null {
	const number = /^\d+$/.test(text ?? '') ? Number(text) : 0;
	return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** The organization that a list is narrowed to, and its name, so that nobody takes a part for all; null where it is not. */
export function organizationIn(querystring: string): { id: number; name: string } | null {
	const query = new URLSearchParams(querystring);
	const id = numberIn(query.get('org'));
	return id === null ? null : { id, name: query.get('name') ?? '' };
}
