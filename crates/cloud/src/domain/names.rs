//! Texts that people type, each a type that exists only once it is valid.

use std::collections::HashSet;
use std::fmt;

use handover_wire::Secret;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::looks::{MUST_BE_NO_LINK, bare, has_link, looks};
use super::name_order::in_order;
use super::unseen::{MUST_BE_SEEN, folded, is_seen, seen};

/// Which field is not as it must be, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {must}")]
pub struct FieldError {
    /// The field's name on the wire.
    pub field: &'static str,
    /// What it must be.
    pub must: &'static str,
}

/// Trims a text and checks that all of it can be seen, and its length in characters. What only belongs to others does not make
/// a text that is long enough.
pub(super) fn within(
    text: &str,
    field: &'static str,
    least: usize,
    most: usize,
    must: &'static str,
) -> Result<String, FieldError> {
    let text = text.trim();
    if !is_seen(text) {
        let must = MUST_BE_SEEN;
        return Err(FieldError { field, must });
    }
    if text.chars().count() <= most && seen(text).chars().count() >= least {
        Ok(text.to_owned())
    } else {
        Err(FieldError { field, must })
    }
}

/// The same for a name, in Unicode's composed form: what looks the same is found and compared as the same.
fn name_within(
    text: &str,
    field: &'static str,
    least: usize,
    most: usize,
    must: &'static str,
) -> Result<String, FieldError> {
    let composed: String = text.nfc().collect();
    within(&composed, field, least, most, must)
}

/// The same for a name that stands in mails which others cause to be sent.
fn mailed_name(
    text: &str,
    field: &'static str,
    least: usize,
    most: usize,
    must: &'static str,
) -> Result<String, FieldError> {
    let name = name_within(text, field, least, most, must)?;
    match has_link(&name) {
        true => Err(FieldError {
            field,
            must: MUST_BE_NO_LINK,
        }),
        false => Ok(name),
    }
}

/// A device's name: 1 to 50 characters, letters (of any script, with their marks), digits, space, `'`, `_`, `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName(String);

impl DeviceName {
    /// The most characters that a name has.
    pub const MOST: usize = 50;

    /// Checks a name that a person typed.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        plain_name(text).map(Self)
    }

    /// The name that a label gives its device, where the maker gave it one that can be.
    pub fn of_label(given: Option<&str>) -> Option<Self> {
        given.and_then(|name| Self::parse(name).ok())
    }

    /// The name that a new device gets: its template's and a running number.
    pub fn numbered(template: &str, number: i64) -> Self {
        let number = format!(" {number}");
        let room = Self::MOST - number.len();
        let composed: String = template.nfc().collect();
        let stem: String = allowed(&composed).take(room).collect();
        let stem = match stem.trim() {
            "" => "Device",
            stem => stem,
        };
        Self(format!("{stem}{number}"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as searches compare it.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }

    /// The name as lists are sorted by it.
    pub fn sorted(&self) -> String {
        in_order(&self.0)
    }
}

/// A template's name, which its devices' names begin with: of the same characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateName(String);

impl TemplateName {
    /// Checks a name that a person typed.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        plain_name(text).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as searches compare it.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

/// A batch's name, which names labels and files: of the same characters as a device's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchName(String);

impl BatchName {
    /// Checks a name that a person typed.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        plain_name(text).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as searches compare it.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

/// A name of few signs, in the field `name`.
pub(super) fn plain_name(text: &str) -> Result<String, FieldError> {
    const MUST: &str = "1 to 50 letters, digits, spaces or '_-";
    let name = name_within(text, "name", 1, DeviceName::MOST, MUST)?;
    if allowed(&name).count() == name.chars().count() {
        Ok(name)
    } else {
        Err(FieldError {
            field: "name",
            must: MUST,
        })
    }
}

/// The characters of a text that a device's name may hold: letters, digits, ` '_-`, and the marks that belong to a
/// letter before them (vowel signs, tones, accents).
fn allowed(text: &str) -> impl Iterator<Item = char> {
    let mut after_letter = false;
    text.chars().filter(move |&character| {
        let mark = is_combining_mark(character) && after_letter;
        after_letter = character.is_alphanumeric() || mark;
        after_letter || " '_-".contains(character)
    })
}

/// What to search names for, without what cannot be seen: it may come along with what is copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText(String);

impl SearchText {
    /// Checks what a person typed: 3 (published) to 100 characters. Nobody copies a control character but white space.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        if text
            .chars()
            .any(|one| one.is_control() && !one.is_whitespace())
        {
            return Err(FieldError {
                field: "query",
                must: MUST_BE_SEEN,
            });
        }
        let text = Self::any(text);
        if (3..=100).contains(&text.0.chars().count()) {
            Ok(text)
        } else {
            Err(FieldError {
                field: "query",
                must: "3 to 100 characters",
            })
        }
    }

    /// Takes what a person typed where any length will do; an empty text is in every name.
    pub fn any(text: &str) -> Self {
        Self(seen(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The most characters of an organization's name.
const ORG_NAME: usize = 100;
/// The most characters of the number that tells it from others: more than there are organizations.
const LONGEST_NUMBER: usize = 20;

/// An organization's name: 3 to 100 characters, and no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgName(String);

impl OrgName {
    /// Checks a name that a person typed into `field`.
    pub fn parse(text: &str, field: &'static str) -> Result<Self, FieldError> {
        mailed_name(text, field, 3, ORG_NAME, "3 to 100 characters").map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as searches compare it: whatever the case and the white space between its words.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }

    /// The name as others beside it are compared with it: what looks like it, in whichever script, is the same.
    pub fn looks(&self) -> String {
        looks(&self.0)
    }

    /// Whether it could be taken for the name of somebody else, with a number behind it or not.
    pub fn passes_for(&self, other: &str) -> bool {
        let own = bare(&self.0);
        // A name of nothing but signs is compared by them.
        own == bare(other) && (!own.is_empty() || self.looks() == looks(other))
    }

    /// What this name and all that `beside` makes of it begin with, as `looks` has them.
    pub fn stem(&self) -> String {
        // A number takes the place of the last characters of a long one.
        let cut: String = self.0.chars().take(ORG_NAME - LONGEST_NUMBER).collect();
        let (whole, cut) = (self.looks(), looks(&cut));
        let both = whole.chars().zip(cut.chars());
        // The last one may be another there: a Greek sigma is at the end of a word.
        let alike = both.take_while(|(one, other)| one == other);
        alike.map(|(one, _)| one).collect()
    }

    /// This name where none beside it looks like it, as `looks` has them; else the same with the first number that none has.
    pub fn beside(self, taken: &HashSet<String>) -> Self {
        if !taken.contains(&self.looks()) {
            return self;
        }
        let numbered = |number: usize| {
            let number = format!(" ({number})");
            let stem: String = self.0.chars().take(ORG_NAME - number.len()).collect();
            Self(format!("{}{number}", stem.trim_end()))
        };
        // Of so many numbers one more than there are names is free.
        let free = (2..taken.len() + 3).map(numbered);
        let mut free = free.filter(|name| !taken.contains(&name.looks()));
        free.next().unwrap_or_else(|| numbered(taken.len() + 3))
    }
}

/// Free text about an organization or a batch: 1,000 characters at the most, in lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// Checks what a person typed; none where it is empty.
    pub fn parse(text: &str) -> Result<Option<Self>, FieldError> {
        Self::parse_as(text, "description")
    }

    /// The same, typed into another field.
    pub fn parse_as(text: &str, field: &'static str) -> Result<Option<Self>, FieldError> {
        let text = text.trim();
        let printable = text
            .chars()
            .all(|character| character == '\n' || !character.is_control());
        match text.chars().count() {
            0 => Ok(None),
            1..=1_000 if printable => Ok(Some(Self(text.to_owned()))),
            _ => Err(FieldError {
                field,
                must: "1,000 characters at the most",
            }),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why somebody did something, in their own words: one line of 200 characters at the most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Checks what a person typed; none where it is empty.
    pub fn parse(text: Option<&str>) -> Result<Option<Self>, FieldError> {
        let must = "one line of 200 characters at the most";
        let text = within(text.unwrap_or_default(), "reason", 0, 200, must)?;
        Ok((!text.is_empty()).then_some(Self(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A time zone by its IANA name; whether there is one of that name, the UI's own list knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(String);

impl TimeZone {
    /// Checks the form of the name: `Area/City`, `UTC`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let good =
            |character: char| character.is_ascii_alphanumeric() || "/_+-".contains(character);
        if (1..=64).contains(&text.len()) && text.chars().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError {
                field: "tz",
                must: "the IANA name of a time zone",
            })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The BCP 47 tags of the languages that are spoken here.
pub const LANGUAGES: [&str; 2] = ["en", "de"];

/// A language by its BCP 47 tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    /// Checks the form of the tag (`de`, `en-GB`), and that its language is spoken here: whoever asks for another one would get
    /// English without a word.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let mut parts = text.split('-');
        let language = parts.next().unwrap_or_default();
        let plain = |part: &str| {
            part.chars()
                .all(|character| character.is_ascii_alphanumeric())
        };
        let good = LANGUAGES
            .iter()
            .any(|one| one.eq_ignore_ascii_case(language))
            && text.len() <= 35
            && parts.all(|part| (1..=8).contains(&part.len()) && plain(part));
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError {
                field: "locale",
                must: "the tag of a language that is spoken here, such as en or de-AT",
            })
        }
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What to call a person: 1 to 100 characters, and no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Checks a name that a person typed.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        mailed_name(text, "name", 1, 100, "1 to 100 characters").map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What quotes, groups or comments parts of an address (RFC 5322): whatever it is around, the address is the same without it,
/// and with it there is more than one.
const QUOTING: [char; 10] = ['"', '(', ')', '<', '>', '[', ']', '\\', ',', ';'];

/// An e-mail address, in lower case: it is what a person signs in with, however they capitalize it.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks the little that can be checked: something, `@`, a host; the mail itself proves the rest. What writes the same
    /// address in another way is none: it would be counted, and have an account, beside itself.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        const MUST: &str = "an e-mail address";
        let text = within(text, "email", 3, 254, MUST)?;
        let good = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.split('.').all(|part| !part.is_empty())
        }) && !text.contains(char::is_whitespace)
            && !text.contains(QUOTING)
            && text.matches('@').count() == 1;
        if good {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(FieldError {
                field: "email",
                must: MUST,
            })
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Personal data stays out of logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(***)")
    }
}

/// A password that somebody chose: 10 to 1,000 characters, and not what everybody knows of them.
#[derive(Clone, Debug)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Checks the length, and that it is not the person's own address: it is tried first. Rules about digits and signs make
    /// passwords worse.
    pub fn parse(password: Secret, email: &str) -> Result<Self, FieldError> {
        let must = |must| {
            Err(FieldError {
                field: "password",
                must,
            })
        };
        if !(10..=1_000).contains(&password.expose().chars().count()) {
            return must("10 to 1,000 characters");
        }
        let [chosen, email] = [password.expose(), email].map(|text| text.trim().to_lowercase());
        let before_at = email.split_once('@').map(|(before, _)| before);
        if chosen == email || Some(&*chosen) == before_at {
            return must("another than your e-mail address and the part of it before the @");
        }
        Ok(Self(password))
    }

    /// The password.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_the_first_number_that_is_free() {
        let name = |text: &str| OrgName::parse(text, "name").expect("a name");
        let taken = |names: &[&str]| names.iter().map(|one| name(one).looks()).collect();
        assert_eq!(
            name("Al Field").beside(&taken(&["Al Fields"])),
            name("Al Field")
        );
        let some = taken(&["al\u{a0}field", "Al Field (2)", "Al Field (4)"]);
        assert_eq!(name("Al Field").beside(&some), name("Al Field (3)"));
        let cyrillic = name("\u{410}l Field");
        assert_eq!(
            cyrillic.beside(&taken(&["Al Field"])).as_str(),
            "\u{410}l Field (2)"
        );
        let long = "x".repeat(ORG_NAME);
        let other = name(&long).beside(&taken(&[&long]));
        assert_eq!(other.as_str(), format!("{} (2)", &long[4..]));
    }

    #[test]
    fn device_names() {
        let long = "x".repeat(50);
        let too_long = "x".repeat(51);
        for (text, want) in [
            ("Pump", Some("Pump")),
            ("  Pump 2 ", Some("Pump 2")),
            ("Ana's pump_2-b", Some("Ana's pump_2-b")),
            ("Gewächshaus", Some("Gewächshaus")),
            ("温室 1", Some("温室 1")),
            ("हिन्दी", Some("हिन्दी")),
            ("ไทย ที่ 1", Some("ไทย ที่ 1")),
            ("Man\u{303}ana", Some("Ma\u{f1}ana")),
            ("q\u{323}\u{307}", Some("q\u{323}\u{307}")),
            ("\u{303}a", None),
            ("a \u{303}b", None),
            ("-\u{20e3}", None),
            (long.as_str(), Some(long.as_str())),
            (too_long.as_str(), None),
            ("", None),
            ("   ", None),
            ("a/b", None),
            ("<b>", None),
            ("a\nb", None),
        ] {
            let name = DeviceName::parse(text).ok();
            assert_eq!(name.as_ref().map(DeviceName::as_str), want, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_no_matter_of_length() {
        let many = "x".repeat(101);
        let must = |text: &str| {
            [
                DeviceName::parse(text).map(drop),
                TemplateName::parse(text).map(drop),
                BatchName::parse(text).map(drop),
                PersonName::parse(text).map(drop),
                OrgName::parse(text, "name").map(drop),
            ]
            .map(|parsed| parsed.err().map(|error| error.must))
        };
        for text in ["Hill\u{202e}Farm", "Hill\u{3164}", "\u{2800}", "Hill\u{7}"] {
            assert_eq!(must(text), [Some(MUST_BE_SEEN); 5], "{text:?}");
        }
        for text in [&*many, "", "\u{200d}\u{200d}\u{200d}"] {
            let wrong = must(text);
            let tells_length = |must: &Option<&str>| must.is_some_and(|must| must.contains("1"));
            assert!(wrong.iter().all(tells_length), "{text:?}: {wrong:?}");
        }
        assert_eq!(must("Hill Farm"), [None; 5]);
    }

    #[test]
    fn searches_leave_out_what_cannot_be_seen() {
        for (text, want) in [
            ("pump", Some("pump")),
            (" a  pump\u{a0}2 ", Some("a pump 2")),
            ("\u{feff}pump\u{200b}", Some("pump")),
            ("pu\u{ad}mp\u{fe0f}", Some("pump")),
            ("Man\u{303}ana", Some("Ma\u{f1}ana")),
            ("pump\t2", Some("pump 2")),
            ("pump\0", None),
            ("pu\u{200b}\u{200b}", None),
            ("\u{3164}\u{3164}\u{3164}", None),
        ] {
            let parsed = SearchText::parse(text).ok();
            assert_eq!(parsed.as_ref().map(SearchText::as_str), want, "{text:?}");
        }
        assert_eq!(SearchText::any("\u{3164} a ").as_str(), "a");
        assert_eq!(SearchText::any("").as_str(), "");
    }

    #[test]
    fn languages() {
        for (text, want) in [
            ("de", true),
            ("en-GB", true),
            (" DE-at ", true),
            ("fr", false),
            ("den", false),
            ("", false),
            ("de-", false),
            ("de_AT", false),
        ] {
            assert_eq!(Locale::parse(text).is_ok(), want, "{text:?}");
        }
    }

    #[test]
    fn email_addresses() {
        for (text, want) in [
            ("Ana@Example.org", Some("ana@example.org")),
            (" a@b ", Some("a@b")),
            ("a", None),
            ("@b", None),
            ("a@", None),
            ("a@b@c", None),
            ("a b@c", None),
            ("vic@x.", None),
            ("vic@.x", None),
            ("vic@x..y", None),
            ("\"vic\"@x", None),
            ("vic(at home)@x", None),
            ("<vic@x>", None),
            ("o'neil+tag_1@x.example", Some("o'neil+tag_1@x.example")),
        ] {
            let email = EmailAddress::parse(text).ok();
            assert_eq!(email.as_ref().map(EmailAddress::as_str), want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn all_that_is_made_of_a_name_begins_with_its_stem(
            words in proptest::collection::vec("[ \u{a0}aB\u{3a3}\u{130}\u{200d}q\u{323}]{1,30}", 3..12),
            taken in 0_usize..12,
        ) {
            let text: String = words.concat().chars().take(ORG_NAME).collect();
            if let Ok(name) = OrgName::parse(&text, "name") {
                let mut beside = HashSet::new();
                for _ in 0..=taken {
                    let next = name.clone().beside(&beside);
                    prop_assert!(next.as_str().chars().count() <= ORG_NAME);
                    prop_assert!(next.looks().starts_with(&name.stem()), "{next:?}");
                    prop_assert!(beside.insert(next.looks()));
                }
            }
        }

        #[test]
        fn a_numbered_name_is_always_valid(template in ".{0,80}", number in 1..i64::MAX) {
            let name = DeviceName::numbered(&template, number);
            let parsed = DeviceName::parse(name.as_str()).expect("valid");
            prop_assert!(parsed.as_str().ends_with(&number.to_string()));
        }
    }
}
