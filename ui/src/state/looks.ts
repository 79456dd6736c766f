// Pages whose cloud tells of nothing look again and again, while somebody sees them.

/** Milliseconds between two looks. */
const EVERY = 4_000;

/** Looks now, and again and again while the page is visible. Returns what stops it. */
export function keepLooking(look: () => void): () => void {
	const seen = () => {
		if (document.visibilityState === 'visible') look();
	};
	seen();
	const timer = setInterval(seen, EVERY);
	document.addEventListener('visibilitychange', seen);
	return () => {
		clearInterval(timer);
		document.removeEventListener('visibilitychange', seen);
	};
}
