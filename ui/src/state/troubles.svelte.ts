// Parts of one screen that cannot be loaded for the same reason: that is said once, and trying again tries all of them.

import { getContext, onMount, setContext } from 'svelte';

const KEY = Symbol('troubles');

/** What cannot be loaded: what is said of it, and what tries again. */
export interface Trouble {
	words: string;
	retry: () => void;
}

export class Troubles {
	private all = $state.raw<readonly Trouble[]>([]);
	private sheets = $state(0);

	/** Whether something stands before the screen, which is not to be taken away under whoever is at it. */
	get isCovered(): boolean {
		return this.sheets > 0;
	}

	/** Something stands before the screen from now on; what is returned ends that. */
	cover(): () => void {
		this.sheets += 1;
		return () => void (this.sheets -= 1);
	}

	/** From now on it is one of them; what is returned ends that. */
	add(trouble: Trouble): () => void {
		this.all = [...this.all, trouble];
		return () => {
			this.all = this.all.filter((one) => one !== trouble);
		};
	}

	/** Whether it is for this one to say so: the first that did. */
	speaks(trouble: Trouble): boolean {
		return this.all.find(({ words }) => words === trouble.words) === trouble;
	}

	/** Tries again all that have the same trouble. */
	retry({ words }: Trouble): void {
		for (const one of this.all.filter((other) => other.words === words)) one.retry();
	}
}

/** All that is below this component is one screen. */
export const shareTroubles = (): Troubles => setContext(KEY, new Troubles());
/** What is below this component stands before the screen, and hides it. */
export function standApart(): void {
	const screen = sharedTroubles();
	setContext(KEY, null);
	onMount(() => screen?.cover());
}
/** Those of the screen; null where each part speaks for itself. */
export const sharedTroubles = (): Troubles | null => getContext<Troubles | null | undefined>(KEY) ?? null;
