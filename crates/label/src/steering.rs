//! Signs that are not seen and change what is shown around them.

/// Control characters, the separators of lines and paragraphs, and what overrides or isolates directions (Unicode's UAX #9).
/// Whoever shows a foreign text leaves them out, or shows a sign in their place: with them it steers a terminal, ends a line, or
/// looks like another text.
pub fn is_steering(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}
