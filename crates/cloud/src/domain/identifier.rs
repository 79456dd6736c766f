//! What identifies devices beside their labels' codes: which texts, in which one form, and which text can be which.

use std::fmt;

use handover_label::{Eui48, Eui64, Gs1Label, Imei, LorawanLabel, Serial};
use handover_wire::IdentifierKind;
use regex::{Regex, RegexBuilder};

use super::FieldError;

/// Characters of a maker's own pattern at the most.
const MOST_PATTERN: usize = 200;
/// Bytes that a pattern takes once it is compiled, at the most: what repeats a thousand times a thousand times is refused.
const MOST_COMPILED: usize = 256 * 1024;

/// An identifier in capitals: people type one in any case. Each is shown as it was given.
pub fn caseless(identifier: &str) -> String {
    identifier.to_ascii_uppercase()
}

/// The form that identifiers are told apart and looked for by: two which one text on a label can be that of would be each
/// other's. So case tells none apart, nor does what a serial number puts between the digits of an address.
///
/// The rule is the maker's own: other makers' devices may have the same identifier.
pub fn told_apart_by(identifier: &str) -> String {
    let address = shown(Eui64::parse(identifier)).or_else(|| shown(Eui48::parse(identifier)));
    let number = address.or_else(|| shown(Imei::parse(identifier)));
    number.unwrap_or_else(|| caseless(identifier))
}

/// What the identifiers of a batch are.
#[derive(Clone, Debug)]
pub struct Scheme {
    kind: IdentifierKind,
    /// The pattern as it was typed, and what it fits; there exactly where the kind is one.
    pattern: Option<(String, Regex)>,
}

impl Scheme {
    /// A kind and, where that is the maker's own, its pattern. `field` is the pattern's name on the wire.
    pub fn parse(
        kind: IdentifierKind,
        pattern: Option<&str>,
        field: &'static str,
    ) -> Result<Self, FieldError> {
        let must = "a regular expression of 1 to 200 characters, given exactly where identifiers have a pattern";
        let fault = FieldError { field, must };
        let pattern = match (kind, pattern) {
            (IdentifierKind::Pattern, Some(text)) => {
                Some((text.to_owned(), compiled(text).ok_or(fault)?))
            }
            (IdentifierKind::Pattern, None) => return Err(fault),
            (_, Some(_)) => return Err(fault),
            (_, None) => None,
        };
        Ok(Self { kind, pattern })
    }

    /// What they are.
    pub fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The maker's own pattern.
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_ref().map(|(text, _)| text.as_str())
    }

    /// The form that identifiers are kept and shown in; they are compared by `told_apart_by`. None: the text is none of these.
    pub fn canonical(&self, text: &str) -> Option<String> {
        let text = text.trim();
        match self.kind {
            IdentifierKind::Serial => printable(text),
            IdentifierKind::Eui48 => shown(Eui48::parse(text)).filter(|text| is_a_device(text)),
            IdentifierKind::Eui64 => shown(Eui64::parse(text)).filter(|text| is_one(text)),
            IdentifierKind::Imei => shown(Imei::parse(text)),
            IdentifierKind::Pattern => printable(text).filter(|text| {
                let fits = self.pattern.as_ref();
                fits.is_some_and(|(_, pattern)| pattern.is_match(text))
            }),
        }
    }

    /// How many identifiers there are from this one on before the next block begins, which is somebody else's: a MAC address'
    /// or an EUI-64's first 24 bits name its maker, an IMEI's first eight digits its model. None of those that have no blocks,
    /// and of what is none of these.
    pub fn left_in_block(&self, first: &str) -> Option<u64> {
        let first = self.canonical(first)?;
        let (own, radix) = match self.kind {
            IdentifierKind::Eui48 | IdentifierKind::Eui64 => (first.get(6..)?, 16_u64),
            IdentifierKind::Imei => (first.get(8..14)?, 10),
            IdentifierKind::Serial | IdentifierKind::Pattern => return None,
        };
        let all = radix.pow(u32::try_from(own.len()).ok()?);
        Some(all - u64::from_str_radix(own, u32::try_from(radix).ok()?).ok()?)
    }

    /// As many identifiers as are wanted, from the first on. None: it is none of these, or there are not so many after it.
    pub fn run(&self, first: &str, count: u32) -> Option<Vec<String>> {
        let first = self.canonical(first)?;
        (0..u64::from(count))
            .map(|place| match self.kind {
                IdentifierKind::Eui48 => counted_hex(&first, place),
                IdentifierKind::Eui64 => counted_hex(&first, place),
                IdentifierKind::Imei => counted_imei(&first, place),
                // One alone needs no digits to count up with.
                IdentifierKind::Serial | IdentifierKind::Pattern if count == 1 => {
                    Some(first.clone())
                }
                IdentifierKind::Serial | IdentifierKind::Pattern => {
                    self.canonical(&counted_digits(&first, place)?)
                }
            })
            .collect()
    }
}

/// The kind that texts seem to be: two thirds of them that are not empty are of it, so that the others are told to be at fault,
/// and it can be told from a serial number by its look. Digits alone are hex as well as they are a number, so that one of the texts has to have more than those, except for
/// an IMEI, whose digits are checked.
pub fn likely<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Option<IdentifierKind> {
    let texts = texts.filter(|text| !text.trim().is_empty());
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let are_numbers = texts.clone().all(is_number);
    let kinds = [
        (IdentifierKind::Eui48, are_numbers),
        (IdentifierKind::Eui64, are_numbers),
        (IdentifierKind::Imei, false),
    ];
    let most_are = |kind| {
        let scheme = Scheme {
            kind,
            pattern: None,
        };
        let (all, of_kind) = texts.clone().fold((0, 0), |(all, of_kind), text| {
            (
                all + 1,
                of_kind + i32::from(scheme.canonical(text).is_some()),
            )
        });
        all > 0 && of_kind * 3 >= all * 2
    };
    let fits = |&(kind, is_doubtful): &(_, bool)| !is_doubtful && most_are(kind);
    kinds.into_iter().find(fits).map(|(kind, _)| kind)
}

/// A pattern for the whole of an identifier. It is matched in linear time, whatever it is.
fn compiled(text: &str) -> Option<Regex> {
    let fits = (1..=MOST_PATTERN).contains(&text.chars().count());
    // By itself first: what closes a bracket that is not its own would reach beyond the anchors.
    let limited = |text: &str| {
        RegexBuilder::new(text)
            .size_limit(MOST_COMPILED)
            .dfa_size_limit(MOST_COMPILED)
            .build()
            .ok()
    };
    limited(text).filter(|_| fits)?;
    limited(&format!("^(?:{text})$"))
}

fn shown(parsed: Option<impl fmt::Display>) -> Option<String> {
    parsed.map(|parsed| parsed.to_string())
}

/// Whether an EUI-48 in hex is of one device: not of a group, which the lowest bit of its first byte says (IEEE 802, clause
/// 8.2.2), and not the one that stands for none.
fn is_a_device(text: &str) -> bool {
    let first = text
        .get(..2)
        .and_then(|hex| u8::from_str_radix(hex, 16).ok());
    first.is_some_and(|byte| byte & 1 == 0) && is_one(text)
}

/// Whether it is not what memory holds that nobody has written to.
fn is_one(text: &str) -> bool {
    text.bytes().any(|byte| byte != b'0') && text.bytes().any(|byte| byte != b'F')
}

fn printable(text: &str) -> Option<String> {
    Serial::parse(text).map(|serial| serial.as_str().to_owned())
}

/// Hex digits, counted up without another one.
fn counted_hex(first: &str, by: u64) -> Option<String> {
    let width = first.len();
    let number = u64::from_str_radix(first, 16).ok()?.checked_add(by)?;
    Some(format!("{number:0width$X}")).filter(|text| text.len() == width)
}

/// The first 14 digits counted up, and the check digit that they need.
fn counted_imei(first: &str, by: u64) -> Option<String> {
    let number = first.get(..14)?.parse::<u64>().ok()?.checked_add(by)?;
    let stem = Some(format!("{number:014}")).filter(|text| text.len() == 14)?;
    (0..10).find_map(|check| shown(Imei::parse(&format!("{stem}{check}"))))
}

/// The digits at the end, counted up without another one.
fn counted_digits(first: &str, by: u64) -> Option<String> {
    // More than that are no number of 64 bits; the count fits into them by far.
    let digits = first.bytes().rev().take(18);
    let width = digits.take_while(u8::is_ascii_digit).count();
    let (stem, digits) = first.split_at(first.len() - width);
    let number = digits.parse::<u64>().ok()?.checked_add(by)?;
    let digits = Some(format!("{number:0width$}")).filter(|text| text.len() == width)?;
    Some(format!("{stem}{digits}"))
}

/// What a label's text names a device by, in the form that identifiers are told apart by; an empty text is no identifier.
///
/// What kind of identifier it is does not matter: a text that could be that of two devices was given to one of them alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(String);

impl Names {
    /// Reads a label.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if let Ok(label) = LorawanLabel::parse(text) {
            // Its serial number stands beside the DevEUI: were a label both, guesses at one would be counted for the other,
            // and support would be shown one and give away the other.
            return Self(label.dev_eui.to_string());
        }
        let product = Gs1Label::parse(text).or_else(|| Gs1Label::parse_link(text));
        if let Some(Ok(Gs1Label {
            serial: Some(serial),
            ..
        })) = product
        {
            return Self(told_apart_by(&serial));
        }
        Self(printable(text).map_or_else(String::new, |text| told_apart_by(&text)))
    }

    /// What devices are looked for and guesses are counted by, and people are shown: the same for however the identifier was
    /// written.
    pub fn main(&self) -> &str {
        &self.0
    }

    /// The claim code that a label carries beside the identifier: a LoRaWAN label's owner token.
    pub fn code_on(text: &str) -> Option<String> {
        let label = LorawanLabel::parse(text.trim()).ok()?;
        label.owner_token.map(|token| token.expose().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scheme(kind: IdentifierKind, pattern: Option<&str>) -> Scheme {
        Scheme::parse(kind, pattern, "pattern").expect("a scheme")
    }

    #[test]
    fn a_kind_is_guessed_where_its_look_tells_it() {
        for (texts, want) in [
            (
                vec!["4A:33:54:68:C9:F1", "", "4a335468c9f2"],
                Some(IdentifierKind::Eui48),
            ),
            (vec!["4A:33:54:68:C9:F1", "SN-1"], None),
            (
                vec!["4A:33:54:68:C9:F1", "xx", "4a335468c9f2"],
                Some(IdentifierKind::Eui48),
            ),
            (vec!["123456789012"], None),
            (
                vec!["123456789012", "12345678901a"],
                Some(IdentifierKind::Eui48),
            ),
            (vec!["70B3D57ED0000001"], Some(IdentifierKind::Eui64)),
            (vec!["490154203237518"], Some(IdentifierKind::Imei)),
            (vec!["490154203237519"], None),
            (vec!["GF-08", "GF-09"], None),
            (vec!["", " "], None),
            (vec![], None),
        ] {
            assert_eq!(likely(texts.iter().copied()), want, "{texts:?}");
        }
    }

    #[test]
    fn identifiers_have_one_form() {
        let (mac, eui) = (IdentifierKind::Eui48, IdentifierKind::Eui64);
        for (kind, text, want) in [
            (mac, " 4a:33:54:68:c9:f1 ", Some("4A335468C9F1")),
            (mac, "4A:33:54:68:C9", None),
            (eui, "70-b3-d5-7e-d0-00-00-01", Some("70B3D57ED0000001")),
            (
                IdentifierKind::Imei,
                "490154203237518",
                Some("490154203237518"),
            ),
            (IdentifierKind::Imei, "490154203237519", None),
            (IdentifierKind::Serial, " SN 1 ", Some("SN 1")),
            (IdentifierKind::Serial, "", None),
        ] {
            assert_eq!(
                scheme(kind, None).canonical(text).as_deref(),
                want,
                "{text}"
            );
        }
        let own = scheme(IdentifierKind::Pattern, Some("GF-[0-9]{4}|X"));
        for (text, want) in [
            ("GF-0042", Some("GF-0042")),
            (" X ", Some("X")),
            ("GF-00421", None),
            ("AGF-0042", None),
            ("GF-0042\nX", None),
        ] {
            assert_eq!(own.canonical(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn patterns_are_given_where_they_belong_and_do_no_harm() {
        let pattern = IdentifierKind::Pattern;
        for (kind, text, good) in [
            (pattern, Some("[A-Z]{2}-\\d+"), true),
            (pattern, None, false),
            (pattern, Some(""), false),
            (pattern, Some("("), false),
            (pattern, Some("a)|(?:b"), false),
            (pattern, Some("((a{1000}){1000}){1000}"), false),
            (pattern, Some(&*"a".repeat(201)), false),
            (IdentifierKind::Serial, Some("a"), false),
            (IdentifierKind::Serial, None, true),
        ] {
            assert_eq!(
                Scheme::parse(kind, text, "pattern").is_ok(),
                good,
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_one_label_can_mean_is_one() {
        for (one, other, same) in [
            ("4A335468C9F1", "4a:33:54:68:c9:f1", true),
            ("4A335468C9F1", "4A33.5468.C9F1", true),
            ("70-b3-d5-7e-d0-00-00-01", "70B3D57ED0000001", true),
            ("4A335468C9F1", "4a 33 54 68 c9 f1", true),
            ("4A335468C9F1", "MAC: 4a3354-68c9f1", true),
            ("70B3D57ED0000001", "EUI: 70b3d57e-d0000001", true),
            ("490154203237518", "IMEI: 49 015420 323751 8", true),
            ("sn-1", "SN-1", true),
            ("1-11", "11-1", false),
            ("SN-1", "SN1", false),
            ("4A335468C9F1", "4A335468C9F2", false),
        ] {
            let is_same = told_apart_by(one) == told_apart_by(other);
            assert_eq!(is_same, same, "{one} {other}");
        }
    }

    #[test]
    fn identifiers_count_up() {
        use IdentifierKind::{Eui48, Eui64, Imei, Pattern, Serial};
        let run = |kind, first, count| {
            let pattern = (kind == Pattern).then_some("GF-[0-9]{3}");
            scheme(kind, pattern).run(first, count)
        };
        for (kind, first, count, last) in [
            (Eui48, "4a:33:54:68:c9:fe", 3, Some("4A335468CA00")),
            (Eui48, "ff:ff:ff:ff:ff:ff", 2, None),
            (Eui64, "70B3D57ED00000FF", 2, Some("70B3D57ED0000100")),
            (Eui48, "00:00:00:00:00:00", 1, None),
            (Eui48, "ff:ff:ff:ff:ff:ff", 1, None),
            (Eui48, "01:00:5e:00:00:01", 1, None),
            (Eui48, "02:00:00:00:00:01", 1, Some("020000000001")),
            (Eui64, "0000000000000000", 1, None),
            (Eui64, "FFFFFFFFFFFFFFFF", 2, None),
            (Imei, "490154203237518", 2, Some("490154203237526")),
            (Imei, "490154203237519", 1, None),
            (Serial, "SN-0099", 2, Some("SN-0100")),
            (Serial, "SN-9999", 2, None),
            (Serial, "Door", 1, Some("Door")),
            (Serial, "Door", 2, None),
            (
                Serial,
                "12345678901234567890123",
                2,
                Some("12345678901234567890124"),
            ),
            (Pattern, "GF-098", 2, Some("GF-099")),
            (Pattern, "GF-999", 2, None),
            (Pattern, "XX-001", 1, None),
        ] {
            let found = run(kind, first, count);
            let found = found.as_ref().and_then(|all| all.last());
            assert_eq!(found.map(String::as_str), last, "{first} {count}");
        }
    }

    #[test]
    fn blocks_end() {
        use IdentifierKind::{Eui48, Eui64, Imei, Serial};
        for (kind, first, left) in [
            (Eui48, "4a:33:54:ff:ff:fe", Some(2)),
            (Eui48, "4a:33:54:00:00:00", Some(1 << 24)),
            (Eui64, "70B3D5FFFFFFFFFF", Some(1)),
            (Imei, "490154203237518", Some(1_000_000 - 323_751)),
            (Serial, "SN-1", None),
            (Eui48, "SN-1", None),
        ] {
            assert_eq!(scheme(kind, None).left_in_block(first), left, "{first}");
        }
    }

    #[test]
    fn labels_name_devices() {
        let lorawan = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C";
        for (text, main) in [
            ("4a-33-54-68-c9-f1", "4A335468C9F1"),
            ("MAC: 4a335468c9f1", "4A335468C9F1"),
            ("sn 1", "SN 1"),
            ("352656106118683", "352656106118683"),
            ("35-265610-611868-3", "352656106118683"),
            (lorawan, "AABBCCDDEEFF0011"),
            (
                "https://id.gs1.org/01/09521234543213/10/ABC123/21/12345",
                "12345",
            ),
            ("", ""),
        ] {
            assert_eq!(Names::of(text).main(), main, "{text}");
        }
        assert_eq!(Names::code_on(lorawan).as_deref(), Some("AABBCCDDEEFF"));
        assert_eq!(Names::code_on("SN 1"), None);
    }

    proptest! {
        #[test]
        fn every_label_is_read_and_every_pattern_is_safe(text in "\\PC{0,80}", pattern in "\\PC{0,30}") {
            let names = Names::of(&text);
            prop_assert!(names.main().chars().count() <= 64);
            let scheme = Scheme::parse(IdentifierKind::Pattern, Some(&pattern), "pattern").ok();
            let found = scheme.as_ref().and_then(|scheme| scheme.canonical(&text));
            if let Some((scheme, found)) = scheme.zip(found) {
                prop_assert_eq!(scheme.canonical(&found), Some(found));
            }
        }

        #[test]
        fn runs_hold_no_identifier_twice(first in "[A-F0-9]{12}", count in 1_u32..300) {
            for kind in [IdentifierKind::Eui48, IdentifierKind::Serial] {
                if let Some(all) = scheme(kind, None).run(&first, count) {
                    let distinct: std::collections::HashSet<_> = all.iter().collect();
                    prop_assert_eq!(distinct.len(), all.len());
                    prop_assert_eq!(&all[0], &first);
                }
            }
        }
    }
}
