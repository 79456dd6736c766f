//! Everything that is no label of ours: links, codes for other systems, prose.

use crate::reading::{Fit, Found};

/// How codes of other systems start, in lower case. They may hold passwords: they are never offered as serial numbers.
const FOREIGN_PREFIXES: &[&str] = &[
    "abv:ib01;", // Amazon Frustration-Free Setup
    "abv:ob01;",
    "begin:", // vCard, iCalendar
    "data:",
    "dpp:", // Wi-Fi Easy Connect
    "geo:",
    "javascript:",
    "lpa:", // eSIM
    "mailto:",
    "matmsg:",
    "mecard:",
    "mt:", // Matter
    "otpauth:",
    "sms:",
    "smsto:",
    "tel:",
    "urn:",
    "wifi:",
    "z:", // Zigbee install code
];

/// What a foreign code is, as far as that matters for claiming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Structure {
    /// No structure that we see: it may be a serial number.
    Plain,
    /// `word:...`, which may be a code for another system, or `SN:12345`.
    Prefixed,
    /// A web link or another address.
    Link,
    /// A code for another system.
    Foreign,
}

/// Tells structured codes from names.
pub(crate) fn structure(text: &str) -> Structure {
    let has_prefix = |prefix: &&str| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if scheme(text).is_some_and(|(_, rest)| rest.starts_with("//")) {
        Structure::Link
    } else if FOREIGN_PREFIXES.iter().any(has_prefix) || text.starts_with(['{', '[', '<']) {
        Structure::Foreign
    } else if scheme(text).is_some_and(|(scheme, _)| scheme.len() > 1) {
        Structure::Prefixed
    } else {
        Structure::Plain
    }
}

/// Splits `scheme:rest` (RFC 3986, section 3.1).
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some((scheme, rest))
}

/// What stands behind one of these names, where a text begins with one: some labels print what a number is before it, as in
/// `MAC:4A335468C9F1`. The text itself where it does not.
pub(crate) fn without_name<'a>(text: &'a str, names: &[&str]) -> &'a str {
    let is_between = |sign: char| matches!(sign, ':' | '=') || sign.is_whitespace();
    let rest = names.iter().find_map(|name| {
        let (start, rest) = text.split_at_checked(name.len())?;
        (start.eq_ignore_ascii_case(name) && rest.starts_with([':', '=', ' '])).then_some(rest)
    });
    rest.map_or(text, |rest| rest.trim_start_matches(is_between))
}

/// The reading as text: the only one where nothing else was found, the first one where the text looks like a
/// code for another system.
pub(crate) fn read(text: &str, nothing_else: bool) -> Option<Found> {
    let reason = match structure(text) {
        Structure::Link => "It is a link, but not a claim link.",
        Structure::Foreign | Structure::Prefixed => "It looks like a code for another system.",
        Structure::Plain if !nothing_else => return None,
        Structure::Plain if text.is_empty() => "There is nothing in it.",
        Structure::Plain => "It is no label of ours, and cannot be a serial number either.",
    };
    Some(Found::other(Fit::Fallback, reason))
}

/// The reading of a part of a text that is spread over several symbols.
pub(crate) fn part() -> Found {
    Found::other(
        Fit::Certain,
        "It is one part of a text that is spread over several codes, and means nothing alone.",
    )
}

/// The reading of a text that is too long to be looked at.
pub(crate) fn too_long() -> Found {
    Found::other(
        Fit::Fallback,
        "It is longer than 4 KiB, so it is no label and was not looked at.",
    )
}
