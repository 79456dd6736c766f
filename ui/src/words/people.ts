// What the demo's sign-ins are called. The cloud gives their addresses; the part before the @ says who it is.

import type { SignIn } from '../host/wire';
import { m } from '../paraglide/messages.js';

export type Person = 'customer' | 'support' | 'maker' | 'somebody';

const PEOPLE: readonly [RegExp, Person][] = [
	[/^(customer|user|client)/i, 'customer'],
	[/^(support|staff)/i, 'support'],
	[/^(maker|admin)/i, 'maker']
];

export function personOf({ email }: SignIn): Person {
	return PEOPLE.find(([pattern]) => pattern.test(email))?.[1] ?? 'somebody';
}

export function personName(person: Person, email: string): string {
	return person === 'somebody' ? email : m[`demo_as_${person}`]();
}

export function personText(person: Person, email: string): string {
	return m[`demo_as_${person}_text`]({ email });
}

const ORDER: readonly Person[] = ['customer', 'support', 'maker', 'somebody'];

/** Customers first: most people come as one. */
export function byPerson(one: SignIn, other: SignIn): number {
	return ORDER.indexOf(personOf(one)) - ORDER.indexOf(personOf(other));
}
