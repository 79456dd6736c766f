//! A letter's words: what all languages have in common.

mod de;
mod en;

use std::fmt;

use handover_label::is_steering;
use handover_wire::Secret;

use super::{Invite, Language, Letter};

/// A letter in words, before it has a form.
pub struct Words {
    /// One line.
    pub subject: String,
    /// Paragraphs before the list and the button.
    pub before: Vec<String>,
    /// Lines of a list; mostly none.
    pub list: Vec<String>,
    /// What to press, and where it leads.
    pub button: Option<(&'static str, Secret)>,
    /// Paragraphs after the button.
    pub after: Vec<String>,
    /// Why this mail came and from whom, in small letters.
    pub footer: &'static str,
    /// What the link below the button is introduced with.
    pub link_below: &'static str,
}

impl Words {
    /// With a list after the first paragraph, and the others after it.
    fn with_list(mut self, what: String, list: Vec<String>) -> Self {
        let others = self.before.split_off(1);
        self.before.push(what);
        self.list = list;
        self.after.splice(0..0, others);
        self
    }
}

impl Invite {
    /// The organization's name, and that of who invites.
    fn names(&self) -> (Name<'_>, Name<'_>) {
        (Name(&self.organization), Name(&self.inviter))
    }
}

/// Finds the words.
pub fn words(letter: &Letter, language: Language) -> Words {
    match language {
        Language::En => en::words(letter),
        Language::De => de::words(letter),
    }
}

/// Devices that a letter names; of the others it tells the number.
const NAMED: usize = 20;

/// The names that a letter lists, and how many more there are.
fn named(devices: &[String]) -> (Vec<String>, usize) {
    let shown = devices.iter().take(NAMED);
    let shown = shown.map(|device| Name(device).to_string()).collect();
    (shown, devices.len().saturating_sub(NAMED))
}

/// Characters of a name that a letter shows: more than any name that passes our own checks has.
const LONGEST: usize = 100;
/// The same of what somebody said why: as many as a reason may have.
const LONGEST_SAID: usize = 200;

/// A name that somebody typed, on its way into a line of a letter: it stays within that line, has no signs that turn
/// the direction of what stands around it, and an end.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(self.0, LONGEST, f)
    }
}

/// Why somebody did something, in their own words, likewise.
struct Said<'a>(&'a str);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(self.0, LONGEST_SAID, f)
    }
}

fn line(typed: &str, longest: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = |character: char| {
        if is_steering(character) {
            ' '
        } else {
            character
        }
    };
    let text: String = typed.chars().map(plain).collect();
    let text = text.trim();
    for character in text.chars().take(longest) {
        fmt::Write::write_char(f, character)?;
    }
    if text.chars().nth(longest).is_some() {
        f.write_str("…")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_stay_names() {
        let long = "x".repeat(101);
        let cut = format!("{}…", "x".repeat(100));
        for (typed, shown) in [
            ("Ada", "Ada"),
            (" Gärtnerei Grün ", "Gärtnerei Grün"),
            ("a\r\nBcc: b@c.example", "a  Bcc: b@c.example"),
            ("a\u{202e}b\u{2028}c\0", "a b c"),
            (long.as_str(), cut.as_str()),
        ] {
            assert_eq!(Name(typed).to_string(), shown, "{typed:?}");
        }
        // A reason is shown whole, as long as one may be.
        let reason = "x".repeat(200);
        assert_eq!(Said(&reason).to_string(), reason);
        assert_eq!(Said("a\nb").to_string(), "a b");
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_line(typed: String) {
            let shown = Name(&typed).to_string();
            prop_assert!(!shown.chars().any(is_steering));
            prop_assert!(shown.chars().count() <= LONGEST + 1);
        }
    }
}
