//! Foreign text on a terminal.

use handover_label::is_steering;

/// The text with what steers made visible: a label must not steer the terminal that shows it, nor turn around what stands beside
/// it.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_steering(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// JSON of one line that steers no terminal: what steers is only ever within its texts, which have a way to write it.
pub fn printable_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        match is_steering(character) {
            // None of them needs more than four digits.
            true => shown.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use handover_label::is_steering;

    use super::{printable, printable_json};

    proptest! {
        #[test]
        fn nothing_that_steers_a_terminal_is_left(text: String) {
            prop_assert!(!printable(&text).chars().any(is_steering));
        }
    }

    proptest! {
        #[test]
        fn json_steers_no_terminal_and_says_the_same(text: String) {
            let json = serde_json::json!({ "text": text }).to_string();
            let shown = printable_json(&json);
            prop_assert!(!shown.chars().any(is_steering));
            let read: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
            prop_assert_eq!(&read["text"], &text);
        }
    }

    #[test]
    fn control_characters_are_shown_and_others_kept() {
        let check = |text: &str, expected: &str| assert_eq!(printable(text), expected);
        check("Grüße 🌱 \\", "Grüße 🌱 \\");
        check("\u{1b}[2J", "\\u{1b}[2J");
        check("one\ntwo\t\0", "one\\ntwo\\t\\u{0}");
        check("\u{9b}31m", "\\u{9b}31m");
        check("on\u{202e}ffo", "on\\u{202e}ffo");
        check("שלום 👩‍🌾", "שלום 👩‍🌾");
    }
}
