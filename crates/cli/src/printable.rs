//! Foreign text on a terminal.

/// The text with its control characters made visible: a label must not steer the terminal that shows it.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::printable;

    proptest! {
        #[test]
        fn nothing_that_steers_a_terminal_is_left(text: String) {
            prop_assert!(!printable(&text).chars().any(char::is_control));
        }
    }

    #[test]
    fn control_characters_are_shown_and_others_kept() {
        let check = |text: &str, expected: &str| assert_eq!(printable(text), expected);
        check("Grüße 🌱 \\", "Grüße 🌱 \\");
        check("\u{1b}[2J", "\\u{1b}[2J");
        check("one\ntwo\t\0", "one\\ntwo\\t\\u{0}");
        check("\u{9b}31m", "\\u{9b}31m");
    }
}
