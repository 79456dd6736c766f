// What is said to screen readers when something happens that the eye would notice.

export class Announcer {
	message = $state('');

	say(message: string): void {
		// The same sentence twice has to be a change, or it is not spoken again: a no-break space makes it one.
		this.message = message === this.message ? `${message}\u00a0` : message;
	}
}
