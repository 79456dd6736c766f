// Texts that others wrote, as a page may show them: nothing in them hides, or turns around what stands beside it.

/** Control characters, separators of lines, and what overrides or isolates directions (Unicode's UAX #9). */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A character's sign: of the first 32 the picture that Unicode has of each, of the others the number. */
function sign(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20) return String.fromCodePoint(0x2400 + code);
	return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** The text with signs in the place of what steers and shows nothing. It goes into a `bdi`, so that its direction stays its own. */
export const foreign = (text: string): string => text.replace(STEERING, sign);
