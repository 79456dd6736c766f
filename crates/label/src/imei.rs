//! IMEI: 15 digits of which the last is a Luhn check digit (3GPP TS 23.003, section 6.2 and annex B).

use std::fmt;

use crate::claim::IdentifierKind;
use crate::reading::{Fit, Found};
use crate::text::without_name;

const DIGITS: usize = 15;

/// What labels call it.
const NAMES: &[&str] = &["IMEI"];

/// An IMEI whose check digit is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Imei([u8; DIGITS]);

impl Imei {
    /// Reads 15 digits, also written as `AA-BBBBBB-CCCCCC-D`, and with `IMEI: ` before them. None for anything else and for a
    /// wrong check digit.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = digits(text)?;
        (check_digit(&digits) == digits[DIGITS - 1]).then_some(Self(digits))
    }
}

/// Prints the canonical form.
impl fmt::Display for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{digit}"))
    }
}

/// The 15 digits of a text that has nothing but them, perhaps separators where phones print them, and what they are.
fn digits(text: &str) -> Option<[u8; DIGITS]> {
    let text = without_name(text, NAMES);
    let separators: &[usize] = match text.len() {
        DIGITS => &[],
        18 => &[2, 9, 16],
        _ => return None,
    };
    let mut digits = [0; DIGITS];
    let mut filled = 0;
    for (index, byte) in text.bytes().enumerate() {
        if separators.contains(&index) {
            if !matches!(byte, b'-' | b' ') {
                return None;
            }
        } else if byte.is_ascii_digit() {
            digits[filled] = byte - b'0';
            filled += 1;
        } else {
            return None;
        }
    }
    Some(digits)
}

/// Luhn's check digit of the first 14 digits: every second one counts double, its digits added up.
fn check_digit(digits: &[u8; DIGITS]) -> u8 {
    let sum: u8 = digits[..DIGITS - 1]
        .iter()
        .enumerate()
        .map(|(index, &digit)| match index % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    (10 - sum % 10) % 10
}

pub(crate) fn read(text: &str) -> Option<Found> {
    let is_named = without_name(text, NAMES).len() < text.len();
    let fit = |unnamed| if is_named { Fit::Certain } else { unnamed };
    let Some(imei) = Imei::parse(text) else {
        return digits(text).map(|_| {
            Found::wrong(
                fit(Fit::Likely),
                "The last digit does not fit the 14 before it.",
                "It has 15 digits, like an IMEI.",
            )
        });
    };
    let canonical = imei.to_string();
    let reason = "It has 15 digits and the last one fits the others: an IMEI.";
    let found = Found::identifier(
        fit(Fit::Strong),
        IdentifierKind::Imei,
        canonical.clone(),
        reason,
    );
    Some(found.checked().with("imei", canonical))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_digit_decides() {
        let rows = [
            ("352656106118683", Some("352656106118683")),
            ("490154203237518", Some("490154203237518")),
            ("49-015420-323751-8", Some("490154203237518")),
            ("49 015420 323751 8", Some("490154203237518")),
            ("IMEI: 490154203237518", Some("490154203237518")),
            ("imei 49-015420-323751-8", Some("490154203237518")),
            ("IMEI490154203237518", None),
            ("MAC: 490154203237518", None),
            ("000000000000000", Some("000000000000000")),
            ("352656106118684", None),
            ("35265610611868", None),
            ("3526561061186830", None),
            ("35265610611868X", None),
            ("49-0154203237518--", None),
            ("٤٩٠١٥٤٢٠٣", None),
        ];
        for (text, expected) in rows {
            let parsed = Imei::parse(text).map(|imei| imei.to_string());
            assert_eq!(parsed.as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printed_imeis_are_read_back_and_one_changed_digit_is_noticed(
            first in prop::array::uniform14(0_u8..10), place in 0..DIGITS, change in 1_u8..10,
        ) {
            let mut digits = [0; DIGITS];
            digits[..14].copy_from_slice(&first);
            digits[14] = check_digit(&digits);
            let imei = Imei(digits);
            prop_assert_eq!(Imei::parse(&imei.to_string()), Some(imei));
            digits[place] = (digits[place] + change) % 10;
            prop_assert_eq!(Imei::parse(&Imei(digits).to_string()), None);
        }
    }
}
