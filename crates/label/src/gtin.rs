//! GTIN: the number of a product, and the retail barcodes that carry it (GS1 General Specifications, sections 3.3 and 7.9).

use std::fmt;

use crate::reading::{Fit, Found};

const DIGITS: usize = 14;

/// A GTIN whose check digit is right. Two devices of a kind have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gtin([u8; DIGITS]);

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits. None for anything else and for a wrong check digit.
    pub fn parse(text: &str) -> Option<Self> {
        if !matches!(text.len(), 8 | 12 | 13 | 14) {
            return None;
        }
        let mut digits = [0; DIGITS];
        let last = &mut digits[DIGITS - text.len()..];
        for (digit, byte) in last.iter_mut().zip(text.bytes()) {
            *digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        }
        (check_digit(&digits) == digits[DIGITS - 1]).then_some(Self(digits))
    }
}

/// Prints all 14 digits.
impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{digit}"))
    }
}

/// The check digit of the first 13: modulo 10, with weights 3 and 1 in turn.
fn check_digit(digits: &[u8; DIGITS]) -> u8 {
    let weighted = digits[..DIGITS - 1].iter().zip([3, 1].into_iter().cycle());
    let sum: u16 = weighted
        .map(|(&digit, weight)| u16::from(digit) * weight)
        .sum();
    ((10 - sum % 10) % 10) as u8
}

/// The UPC-A of a UPC-E: 8 digits, of which the last but one tells where zeros were left out (GS1 General Specifications,
/// section 5.2.2.4).
fn upc_a(upc_e: &str) -> Option<String> {
    if upc_e.len() != 8 || !upc_e.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (system, body, rule, check) = (&upc_e[..1], &upc_e[1..6], &upc_e[6..7], &upc_e[7..]);
    let middle = match rule {
        "0" | "1" | "2" => format!("{}{rule}0000{}", &body[..2], &body[2..]),
        "3" => format!("{}00000{}", &body[..3], &body[3..]),
        "4" => format!("{}00000{}", &body[..4], &body[4..]),
        _ => format!("{body}0000{rule}"),
    };
    Some(format!("{system}{middle}{check}"))
}

const REASON: &str = "It has as many digits as a retail barcode and the last one fits the others: it names a product and is the same on every one of its kind.";

/// Twelve or thirteen digits that nothing tells to be a barcode's.
pub(crate) fn read(text: &str) -> Option<Found> {
    let is_long = matches!(text.len(), 12 | 13);
    is_long.then(|| Some(found(Fit::Strong, Gtin::parse(text)?, REASON)))?
}

/// Eight digits: one in ten serial numbers of as many looks the same.
pub(crate) fn read_short(text: &str) -> Option<Found> {
    let is_short = text.len() == 8;
    is_short.then(|| Some(found(Fit::Fallback, Gtin::parse(text)?, REASON)))?
}

/// The digits of an EAN-13, a UPC-A or a UPC-E.
pub(crate) fn read_symbol(text: &str) -> Option<Found> {
    let upc_e = upc_a(text);
    of_symbol(upc_e.as_deref().unwrap_or(text))
}

/// The digits of an EAN-8.
pub(crate) fn read_ean_8(text: &str) -> Option<Found> {
    of_symbol(text)
}

fn of_symbol(digits: &str) -> Option<Found> {
    let gtin = Gtin::parse(digits)?;
    let reason = "It is a retail barcode (EAN or UPC): it names a product and is the same on every one of its kind.";
    Some(found(Fit::Certain, gtin, reason))
}

fn found(fit: Fit, gtin: Gtin, reason: &'static str) -> Found {
    Found::other(fit, reason)
        .checked()
        .with("gtin", gtin.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_digit_decides() {
        let rows = [
            ("09521234543213", Some("09521234543213")),
            ("5901234123457", Some("05901234123457")),
            ("036000291452", Some("00036000291452")),
            ("96385074", Some("00000096385074")),
            ("5901234123458", None),
            ("590123412345", None),
            ("590123412345X", None),
            ("", None),
        ];
        for (text, expected) in rows {
            let parsed = Gtin::parse(text).map(|gtin| gtin.to_string());
            assert_eq!(parsed.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn zeros_that_were_left_out_come_back() {
        let rows = [
            ("01234505", "012000003455"),
            ("01234514", "012100003454"),
            ("01234531", "012300000451"),
            ("01234543", "012340000053"),
            ("01234565", "012345000065"),
        ];
        for (upc_e, expected) in rows {
            assert_eq!(upc_a(upc_e).as_deref(), Some(expected), "{upc_e}");
            assert!(Gtin::parse(expected).is_some(), "{expected}");
        }
        assert_eq!(upc_a("0123456"), None);
        assert_eq!(upc_a("0123456é"), None);
    }

    proptest! {
        #[test]
        fn printed_gtins_are_read_back_and_one_changed_digit_is_noticed(
            first in prop::array::uniform13(0_u8..10), place in 0..DIGITS, change in 1_u8..10,
        ) {
            let mut digits = [0; DIGITS];
            digits[..13].copy_from_slice(&first);
            digits[13] = check_digit(&digits);
            let gtin = Gtin(digits);
            prop_assert_eq!(Gtin::parse(&gtin.to_string()), Some(gtin));
            digits[place] = (digits[place] + change) % 10;
            prop_assert_eq!(Gtin::parse(&Gtin(digits).to_string()), None);
        }
    }
}
