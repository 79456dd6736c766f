// Words about gateways.

/** Those that have this in their name, however it is written; all of them where nothing is looked for. */
export function named<Named extends { name: string }>(
	all: readonly Named[],
	search: string
): readonly Named[] {
	const folded = (text: string) => text.normalize('NFKC').toLocaleLowerCase();
	const part = folded(search.trim());
	return part === '' ? all : all.filter(({ name }) => folded(name).includes(part));
}

/** What is left of a time, as `4:07`. */
export function remaining(milliseconds: number): string {
	const seconds = Math.ceil(milliseconds / 1_000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
