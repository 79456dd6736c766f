//! EUI-48 (also known as MAC address) and EUI-64 (also as DevEUI): 12 and 16 hex digits (IEEE Std 802, clause 8).

use std::fmt;

use crate::claim::IdentifierKind;
use crate::reading::{Fit, Found};
use crate::text::without_name;

/// What labels call an address.
const NAMES: &[&str] = &["MAC", "EUI", "EUI-48", "EUI-64", "DevEUI"];

/// So many wrong characters still make a mistyped address; with more it is something else.
const MAX_WRONG: usize = 2;

macro_rules! eui {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// Reads hex digits of either case, plain, or in groups of two or four or in halves with `:`, `-`, `.` or a space
            /// between all of them; also with what it is before them (`MAC: `, `EUI: `). None for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                match written::<$bytes>(text)? {
                    Written::Good { bytes, .. } => Some(Self(bytes)),
                    Written::Wrong(_) => None,
                }
            }
        }

        /// Prints the canonical form: upper-case hex digits without separators.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
            }
        }
    };
}

eui! {
    /// An EUI-48, also known as MAC address.
    Eui48, 6
}
eui! {
    /// An EUI-64; LoRaWAN calls it DevEUI or JoinEUI.
    Eui64, 8
}

/// How an address is written.
enum Written<const N: usize> {
    /// Right.
    Good { bytes: [u8; N], look: Look },
    /// In pairs, but with this character that is no hex digit.
    Wrong(char),
}

/// What a well-formed address looks like.
enum Look {
    /// It says what it is.
    Named,
    /// In groups as nothing else is.
    Grouped,
    /// As a serial number may look, too: in groups with spaces, in halves, or with nothing between its digits.
    Plain,
}

fn written<const N: usize>(text: &str) -> Option<Written<N>> {
    let address = without_name(text, NAMES);
    let is_named = address.len() < text.len();
    let separator = address.chars().find(|c| matches!(c, ':' | '-' | '.' | ' '));
    let (digits, group) = match separator {
        None => (address.to_owned(), N * 2),
        Some(separator) => join_groups(address, separator, N * 2)?,
    };
    if digits.len() != N * 2 {
        return None;
    }
    let is_grouped = separator.is_some_and(|sign| sign != ' ') && group < N;
    let mut wrong = digits.chars().filter(|c| !c.is_ascii_hexdigit());
    let wrong_count = wrong.clone().count();
    let Some(first_wrong) = wrong.next() else {
        let look = match (is_named, is_grouped) {
            (true, _) => Look::Named,
            (false, true) => Look::Grouped,
            (false, false) => Look::Plain,
        };
        return parse_hex(&digits).map(|bytes| Written::Good { bytes, look });
    };
    let in_pairs = is_grouped && group == 2;
    (in_pairs && wrong_count <= MAX_WRONG).then_some(Written::Wrong(first_wrong))
}

/// Joins letters and digits in groups of one size, and gives that: two, four or half of them. None for other groups.
fn join_groups(text: &str, separator: char, digits: usize) -> Option<(String, usize)> {
    // With one separator between two groups there is one byte less than groups.
    let group = [2, 4, digits / 2]
        .into_iter()
        .find(|group| text.len() == digits + digits / group - 1)?;
    let well_formed =
        |part: &str| part.len() == group && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.split(separator)
        .all(well_formed)
        .then(|| (text.split(separator).collect(), group))
}

/// Reads exactly `2 * N` hex digits of either case.
pub(crate) fn parse_hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    if digits.len() != N * 2 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

pub(crate) fn read_eui48(text: &str) -> Option<Found> {
    found(written(text)?, IdentifierKind::Eui48, |bytes| {
        Eui48(bytes).to_string()
    })
}

pub(crate) fn read_eui64(text: &str) -> Option<Found> {
    found(written(text)?, IdentifierKind::Eui64, |bytes| {
        Eui64(bytes).to_string()
    })
}

fn found<const N: usize>(
    written: Written<N>,
    kind: IdentifierKind,
    print: impl Fn([u8; N]) -> String,
) -> Option<Found> {
    let (bytes, look) = match written {
        Written::Good { bytes, look } => (bytes, look),
        Written::Wrong(character) => {
            return Some(Found::wrong(
                Fit::Certain,
                format_args!(
                    "The character {character:?} is no hex digit: those are 0 to 9 and A to F."
                ),
                "It is written in pairs, like a hardware address (MAC or EUI).",
            ));
        }
    };
    let (fit, reason) = match look {
        Look::Named => (
            Fit::Certain,
            "It says that it is a hardware address (MAC or EUI), and has as many hex digits.",
        ),
        Look::Grouped => (
            Fit::Certain,
            "It is hex digits in groups: a hardware address (MAC or EUI).",
        ),
        Look::Plain => (
            Fit::Likely,
            "It has as many hex digits as a hardware address (MAC or EUI), but a serial number can look like this, too.",
        ),
    };
    let canonical = print(bytes);
    // An address has no checksum: that it is well formed says nothing about its digits.
    let found = Found::identifier(fit, kind, canonical.clone(), reason);
    Some(found.with(kind.as_str(), canonical))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_of_writing_has_one_canonical_form() {
        let rows = [
            ("4A:33:54:68:C9:F1", Some("4A335468C9F1")),
            ("4a-33-54-68-c9-f1", Some("4A335468C9F1")),
            ("4a33.5468.c9f1", Some("4A335468C9F1")),
            ("4a.33.54.68.c9.f1", Some("4A335468C9F1")),
            ("4a335468C9F1", Some("4A335468C9F1")),
            ("4a 33 54 68 c9 f1", Some("4A335468C9F1")),
            ("4a33 5468 c9f1", Some("4A335468C9F1")),
            ("4a3354-68c9f1", Some("4A335468C9F1")),
            ("MAC: 4a 33 54 68 c9 f1", Some("4A335468C9F1")),
            ("eui=4A:33:54:68:C9:F1", Some("4A335468C9F1")),
            ("MAC4A335468C9F1", None),
            ("4a 33 54-68 c9 f1", None),
            ("4a  33 54 68 c9 f1", None),
            ("4A:33:54:68:K9:F1", None),
            ("4A:33-54:68:C9:F1", None),
            ("4A:33:54:68:C9", None),
            ("4A:33:54:68:C9:F1:", None),
            (":4A:33:54:68:C9F1", None),
            ("4A335468C9F", None),
            ("+A335468C9F1", None),
            ("4A335468C9é", None),
            ("", None),
        ];
        for (text, expected) in rows {
            let parsed = Eui48::parse(text).map(|eui| eui.to_string());
            assert_eq!(parsed.as_deref(), expected, "{text}");
        }
        let dev_eui = Eui64([0x70, 0xb3, 0xd5, 0x7e, 0xd0, 0, 0, 1]);
        for text in [
            "70B3D57ED0000001",
            "70-b3-d5-7e-d0-00-00-01",
            "70b3:d57e:d000:0001",
            "70 b3 d5 7e d0 00 00 01",
            "70B3D57E-D0000001",
            "EUI: 70B3D57ED0000001",
            "DevEUI 70-B3-D5-7E-D0-00-00-01",
        ] {
            assert_eq!(Eui64::parse(text), Some(dev_eui), "{text}");
        }
    }

    proptest! {
        #[test]
        fn printed_addresses_are_read_back(mac: [u8; 6], eui: [u8; 8]) {
            prop_assert_eq!(Eui48::parse(&Eui48(mac).to_string()), Some(Eui48(mac)));
            prop_assert_eq!(Eui64::parse(&Eui64(eui).to_string()), Some(Eui64(eui)));
        }
    }
}
