// Which server a label names, and whether it is the one that the person is signed in to.

/** Names and addresses of this machine itself. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Whether a label names another server than the session's. `named` is what a claim link says, host and perhaps port; a
 * label that names none belongs to whichever server it is shown to.
 */
export function namesAnother(named: string | undefined, server: string | null): boolean {
	if (named === undefined) return false;
	const other = parse(`https://${named}`);
	const own = server === null ? null : parse(server);
	if (!other || !own) return true;
	// On this machine the bundled cloud takes any free port: a label that was printed yesterday names another one.
	if (LOOPBACK.test(own.hostname)) return other.hostname !== own.hostname;
	return other.host !== own.host;
}

/** A server's address as people read it: without its scheme. */
export function hostOf(server: string): string {
	return parse(server)?.host ?? server;
}

/** `URL.parse` is too young for the browsers that we support. */
function parse(address: string): URL | null {
	return URL.canParse(address) ? new URL(address) : null;
}
