// Of several questions on their way at once a later one may be answered first. What is answered to an older one after that is
// how things were, and would take the place of how they are.

/**
 * Gives a number to each question, in the order of asking. Called when a question is asked; what it gives is called when its
 * answer is there, and says whether that is to be shown.
 */
export function inOrder(): () => () => boolean {
	let asked = 0;
	let answered = 0;
	return () => {
		const mine = ++asked;
		return () => {
			if (mine < answered) return false;
			answered = mine;
			return true;
		};
	};
}
