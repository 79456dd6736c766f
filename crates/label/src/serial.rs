//! Serial numbers: whatever a maker printed on a device.

use crate::base64url;
use crate::claim::IdentifierKind;
use crate::mask::{mask, mask_token};
use crate::qr_token;
use crate::reading::{Fit, Found};
use crate::text::{Structure, structure};

/// The longest serial number, in characters.
const MAX_CHARACTERS: usize = 64;

/// A serial number in canonical form: 1 to 64 printable characters, trimmed, inner spaces and case kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Serial(String);

impl Serial {
    /// Reads a serial number. None for an empty or too long text, and for characters that cannot be seen.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let printable = text.chars().all(is_printable);
        let length = text.chars().take(MAX_CHARACTERS + 1).count();
        (printable && (1..=MAX_CHARACTERS).contains(&length)).then(|| Self(text.to_owned()))
    }

    /// The canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character can be seen. Those that cannot would make two different serial numbers look the same.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            '\u{ad}'                    // soft hyphen
            | '\u{61c}'                 // direction mark
            | '\u{200b}'..='\u{200f}'   // zero-width characters, direction marks
            | '\u{2028}'..='\u{202e}'   // line separators, direction overrides
            | '\u{2060}'..='\u{206f}'   // more of both
            | '\u{feff}'                // byte order mark
            | '\u{fff9}'..='\u{fffb}'   // annotation marks
            | '\u{e0000}'..='\u{e007f}' // tags
        )
}

/// So many hex digits in a row are a key (128 bits or more) rather than a number that somebody gave a device.
const KEY_DIGITS: usize = 32;

/// The groups of digits that set-up codes are printed in: Matter's manual pairing code, and HomeKit's set-up code.
const SETUP_CODES: &[&[usize]] = &[&[4, 3, 4], &[3, 2, 3]];

/// Whether a text has the shape of another system's secret. Wrong for some serial numbers, which are then masked and
/// claimed all the same.
fn may_be_secret(text: &str) -> bool {
    text.contains(['|', '='])
        || text
            .split(|c: char| !c.is_ascii_hexdigit())
            .any(|digits| digits.len() >= KEY_DIGITS)
        || is_setup_code(text)
}

fn is_setup_code(text: &str) -> bool {
    let is_code = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    let groups = || text.split('-').map(str::len);
    is_code
        && SETUP_CODES
            .iter()
            .any(|code| groups().eq(code.iter().copied()))
}

/// Links, and codes for other systems, are no serial numbers, and a part of a QR token is not shown as one.
pub(crate) fn read(text: &str) -> Option<Found> {
    let structure = structure(text);
    let foreign = matches!(structure, Structure::Link | Structure::Foreign);
    if foreign || text.contains(qr_token::PREFIX) {
        return None;
    }
    let serial = Serial::parse(text)?.0;
    // What may be an auth token, a password or another system's secret stays hidden under this name, too.
    let shown = if base64url::is_token(&serial) {
        mask_token(&serial)
    } else if structure == Structure::Prefixed || may_be_secret(&serial) {
        mask(&serial)
    } else {
        serial.clone()
    };
    let reason = "It could be a serial number: nothing in it can be checked.";
    let found = Found::identifier(Fit::Fallback, IdentifierKind::Serial, serial, reason);
    Some(found.with("serial", shown))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn serial_numbers_are_trimmed_and_otherwise_kept() {
        let longest = "é".repeat(64);
        let rows = [
            ("SN001", Some("SN001")),
            ("  SN 001\n", Some("SN 001")),
            ("sn-001/ä", Some("sn-001/ä")),
            (&longest, Some(&longest)),
            ("", None),
            (" \t", None),
            ("SN\u{0}001", None),
            ("SN\u{200b}001", None),
            ("SN\u{202e}001", None),
        ];
        for (text, expected) in rows {
            let parsed = Serial::parse(text);
            assert_eq!(parsed.as_ref().map(Serial::as_str), expected, "{text:?}");
        }
        assert_eq!(Serial::parse(&"é".repeat(65)), None);
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_read_back_as_itself(text in "\\PC{1,70}") {
            if let Some(serial) = Serial::parse(&text) {
                prop_assert_eq!(Serial::parse(serial.as_str()), Some(serial));
            }
        }
    }
}
