//! GS1: element strings (GS1 General Specifications, section 7.8) and Digital Links (GS1 Digital Link Standard, URI syntax).

use url::Url;

use crate::claim::IdentifierKind;
use crate::gtin::Gtin;
use crate::reading::{Fit, Found};
use crate::serial::Serial;

/// The separator behind an element of no fixed length. Symbols encode it as FNC1.
const GS: char = '\u{1d}';

/// What a GS1 label says about a device. Other elements are skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gs1Label {
    /// (01): the product.
    pub gtin: Gtin,
    /// (21): the one device of this product.
    pub serial: Option<String>,
    /// (10): batch or lot.
    pub lot: Option<String>,
}

/// Why a GS1 label cannot be taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// The check digit of the GTIN.
    #[error("The last digit of the product's number (GTIN) does not fit the 13 before it.")]
    Gtin,
    /// No element, or not the number of characters that it must have.
    #[error("It breaks off, or has an element that GS1 does not know.")]
    Element,
}

impl Gs1Label {
    /// Reads element strings with their numbers in parentheses, or with separators as symbols carry them. None where the
    /// text is something else: without (01) there is no product.
    pub fn parse(text: &str) -> Option<Result<Self, Gs1Error>> {
        let elements = if text.starts_with('(') {
            bracketed(text)
        } else {
            plain(text)
        };
        match elements {
            Ok(elements) => Self::of(&elements),
            Err(error) => begins_with_gtin(text).then_some(Err(error)),
        }
    }

    /// Reads a Digital Link, on any domain. None where there is no product in it.
    pub fn parse_link(text: &str) -> Option<Result<Self, Gs1Error>> {
        let url = Url::parse(text).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let segments: Vec<&str> = url.path_segments()?.collect();
        let is_gtin = |pair: &[&str]| {
            pair[0] == "01"
                && pair[1].bytes().all(|byte| byte.is_ascii_digit())
                // A date in a path looks like this, too: fewer digits must pass their check.
                && (pair[1].len() == 14 || Gtin::parse(pair[1]).is_some())
        };
        let start = segments.windows(2).position(is_gtin)?;
        let mut elements = Vec::new();
        for pair in segments[start..].chunks_exact(2) {
            elements.push((pair[0].to_owned(), percent_decoded(pair[1])?));
        }
        Self::of(&elements)
    }

    fn of(elements: &[(String, String)]) -> Option<Result<Self, Gs1Error>> {
        let value = |ai: &str| {
            let found = elements.iter().find(|(known, _)| known == ai);
            found.map(|(_, value)| value.clone())
        };
        let gtin = value("01")?;
        let Some(gtin) = Gtin::parse(&gtin) else {
            return Some(Err(Gs1Error::Gtin));
        };
        let (serial, lot) = (value("21"), value("10"));
        Some(Ok(Self { gtin, serial, lot }))
    }

    fn elements(&self) -> Vec<(&'static str, String)> {
        let optional = [("10", &self.lot), ("21", &self.serial)];
        let optional = optional
            .into_iter()
            .filter_map(|(ai, value)| Some((ai, value.clone()?)));
        [("01", self.gtin.to_string())]
            .into_iter()
            .chain(optional)
            .collect()
    }

    /// The element strings as a symbol carries them behind its FNC1.
    pub fn print(&self) -> String {
        let parts: Vec<String> = self
            .elements()
            .iter()
            .map(|(ai, value)| format!("{ai}{value}"))
            .collect();
        // The GTIN has a fixed length and nothing behind it.
        let (first, rest) = parts.split_at(1);
        first.concat() + &rest.join(&GS.to_string())
    }

    /// The element strings as people read them: numbers in parentheses.
    pub fn print_for_people(&self) -> String {
        let part = |(ai, value): (&str, String)| format!("({ai}){value}");
        self.elements().into_iter().map(part).collect()
    }
}

/// Whether this is the beginning of a label with a product's number, whatever follows.
fn begins_with_gtin(text: &str) -> bool {
    let plain = text.strip_prefix("(01)").or(text.strip_prefix("01"));
    plain
        .and_then(|rest| Gtin::parse(rest.get(..14)?))
        .is_some()
}

type Elements = Result<Vec<(String, String)>, Gs1Error>;

/// `(01)09521234543213(21)12345`.
fn bracketed(text: &str) -> Elements {
    let mut elements = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (ai, value) = rest
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .ok_or(Gs1Error::Element)?;
        // A value may have a parenthesis of its own, but hardly digits in a pair of them.
        let end = value
            .match_indices('(')
            .map(|(at, _)| at)
            .find(|&at| {
                let inner = value[at + 1..]
                    .split_once(')')
                    .map_or("", |(inner, _)| inner);
                (2..=4).contains(&inner.len()) && inner.bytes().all(|byte| byte.is_ascii_digit())
            })
            .unwrap_or(value.len());
        push(&mut elements, ai, &value[..end])?;
        rest = &value[end..];
    }
    Ok(elements)
}

/// `0109521234543213` and so on, elements of no fixed length ended by the separator.
fn plain(text: &str) -> Elements {
    let mut elements = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let ai = rest
            .get(..2)
            .and_then(ai_digits)
            .and_then(|digits| rest.get(..digits))
            .ok_or(Gs1Error::Element)?;
        let value = &rest[ai.len()..];
        let end = match fixed(ai) {
            Some(length) => length,
            None => value.find(GS).unwrap_or(value.len()),
        };
        push(
            &mut elements,
            ai,
            value.get(..end).ok_or(Gs1Error::Element)?,
        )?;
        // Some printers separate elements of fixed length, too.
        rest = value[end..].strip_prefix(GS).unwrap_or(&value[end..]);
    }
    Ok(elements)
}

fn push(elements: &mut Vec<(String, String)>, ai: &str, value: &str) -> Result<(), Gs1Error> {
    /// The longest value of any element.
    const LONGEST: usize = 90;
    let is_known = ai_digits(ai.get(..2).unwrap_or_default()) == Some(ai.len())
        && ai.bytes().all(|byte| byte.is_ascii_digit());
    let has_length = match fixed(ai) {
        Some(length) => value.len() == length,
        None => (1..=LONGEST).contains(&value.len()),
    };
    // GS1's character set 82 is all of it printable ASCII.
    let is_plain = value.bytes().all(|byte| byte.is_ascii_graphic());
    if !(is_known && has_length && is_plain) {
        return Err(Gs1Error::Element);
    }
    elements.push((ai.to_owned(), value.to_owned()));
    Ok(())
}

/// How many digits an application identifier has, by its first two (GS1 General Specifications, figure 3.2-1).
fn ai_digits(first: &str) -> Option<usize> {
    match first.parse::<u8>().ok()? {
        0..=4 | 10..=13 | 15..=17 | 20..=22 | 30 | 37 | 90..=99 => Some(2),
        23..=25 | 40..=42 | 71 => Some(3),
        31..=36 | 39 | 43 | 70 | 72 | 80..=82 => Some(4),
        _ => None,
    }
}

/// The characters of an element that has a fixed number of them (GS1 General Specifications, figure 7.8.5-2).
fn fixed(ai: &str) -> Option<usize> {
    Some(match ai.get(..2)? {
        "00" => 18,
        "01" | "02" | "03" => 14,
        "04" => 16,
        "11" | "12" | "13" | "15" | "16" | "17" => 6,
        "20" => 2,
        "31" | "32" | "33" | "34" | "35" | "36" => 6,
        "41" => 13,
        _ => return None,
    })
}

/// `%2F` and the like made characters. None where that is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(match byte {
            b'%' => (digit(rest.next())? * 16 + digit(rest.next())?) as u8,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Element strings in a text that may be something else.
pub(crate) fn read(text: &str) -> Option<Found> {
    let is_marked = text.starts_with('(') || text.contains(GS);
    let is_plain = !is_marked && text.starts_with("01") && text.len() > 16;
    let fit = if is_marked { Fit::Certain } else { Fit::Strong };
    match Gs1Label::parse(text)? {
        // Without parentheses or separators a wrong one is more likely something else.
        Err(_) if !is_marked => None,
        _ if !is_marked && !is_plain => None,
        label => Some(found(fit, label)),
    }
}

/// Element strings in a symbol that says that it holds some.
pub(crate) fn read_symbol(text: &str) -> Option<Found> {
    Some(found(Fit::Certain, Gs1Label::parse(text)?))
}

pub(crate) fn read_link(text: &str) -> Option<Found> {
    Some(found(Fit::Certain, Gs1Label::parse_link(text)?))
}

fn found(fit: Fit, label: Result<Gs1Label, Gs1Error>) -> Found {
    let label = match label {
        Ok(label) => label,
        Err(error) => return Found::wrong(fit, error, "It is built like a GS1 label."),
    };
    let serial = label.serial.as_deref().and_then(Serial::parse);
    let found = match &serial {
        Some(serial) => {
            let reason =
                "It is a GS1 label: it names a product and, by its serial number, one device.";
            Found::identifier(
                fit,
                IdentifierKind::Serial,
                serial.as_str().to_owned(),
                reason,
            )
        }
        None => {
            let reason = "It is a GS1 label without a serial number: it names a product and is the same on every one of its kind.";
            Found::other(fit, reason)
        }
    };
    let mut found = found.checked().with("gtin", label.gtin.to_string());
    if let Some(serial) = serial {
        found = found.with("serial", serial.as_str().to_owned());
    }
    if let Some(lot) = label.lot {
        found = found.with("lot", lot);
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_ways_of_writing_say_the_same() {
        let expected = Gs1Label {
            gtin: Gtin::parse("09521234543213").expect("a GTIN"),
            serial: Some("12345".to_owned()),
            lot: Some("ABC123".to_owned()),
        };
        let same = [
            "(01)09521234543213(10)ABC123(21)12345",
            "(01)09521234543213(17)301231(10)ABC123(21)12345",
            "010952123454321310ABC123\u{1d}2112345",
            "0109521234543213\u{1d}10ABC123\u{1d}2112345\u{1d}",
            "01095212345432132112345\u{1d}10ABC123",
        ];
        for text in same {
            assert_eq!(Gs1Label::parse(text), Some(Ok(expected.clone())), "{text}");
        }
        let links = [
            "https://id.gs1.org/01/09521234543213/10/ABC123/21/12345",
            "https://example.com/a/b/01/9521234543213/10/%41BC123/21/12345?17=301231",
        ];
        for text in links {
            assert_eq!(
                Gs1Label::parse_link(text),
                Some(Ok(expected.clone())),
                "{text}"
            );
        }
    }

    #[test]
    fn wrong_ones_are_told_from_others() {
        let rows = [
            ("(01)09521234543214(21)1", Some(Err(Gs1Error::Gtin))),
            ("(01)09521234543213(21)", Some(Err(Gs1Error::Element))),
            ("(01)09521234543213(05)1", Some(Err(Gs1Error::Element))),
            ("010952123454321311301", Some(Err(Gs1Error::Element))),
            ("(21)12345", None),
            ("(a) text", None),
            ("SN-1", None),
            ("", None),
            ("é1", None),
        ];
        for (text, expected) in rows {
            assert_eq!(Gs1Label::parse(text), expected, "{text}");
        }
        let wrong = "https://id.gs1.org/01/09521234543214/21/1";
        assert_eq!(Gs1Label::parse_link(wrong), Some(Err(Gs1Error::Gtin)));
        for text in [
            "https://a.example/2024/01/05",
            "ftp://a/01/09521234543213",
            "x",
        ] {
            assert_eq!(Gs1Label::parse_link(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printed_labels_are_read_back(
            digits in "[0-9]{13}", check in 0..10_u8,
            serial in prop::option::of("[A-Za-z0-9/.-]{1,20}"), lot in prop::option::of("[A-Z0-9]{1,20}"),
        ) {
            if let Some(gtin) = Gtin::parse(&format!("{digits}{check}")) {
                let label = Gs1Label { gtin, serial, lot };
                prop_assert_eq!(Gs1Label::parse(&label.print()), Some(Ok(label.clone())));
                prop_assert_eq!(Gs1Label::parse(&label.print_for_people()), Some(Ok(label)));
            }
        }

        #[test]
        fn any_text_is_survived(text in "[(01)\u{1d}0-9a-zé%/]{0,60}") {
            Gs1Label::parse(&text);
            Gs1Label::parse_link(&format!("https://a.example/01/{text}"));
        }
    }
}
