//! QR tokens, plain (`sqr_...`) and with an organization (`sqr_...+1`).
//!
//! The second form is `{token}+{orgId}`, as Blynk's apps accept it. Nothing is URL-decoded: `+` is no space.

use std::fmt;

use crate::base64url::{self, TOKEN_LENGTH};
use crate::claim::Claim;
use crate::mask::mask_token;
use crate::reading::{Advice, Fit, Found};
use crate::secret::SecretText;

/// What every QR token starts with. It never changes.
pub(crate) const PREFIX: &str = "sqr_";

/// A QR token: `sqr_` and 32 of `[A-Za-z0-9_-]`. Its holder may claim the device once; it gives no access to it.
#[derive(Clone, PartialEq, Eq)]
pub struct QrToken(SecretText);

impl QrToken {
    /// Reads a plain token. None for anything else, the form with an organization included.
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(PREFIX)?;
        base64url::is_token(body).then(|| Self(SecretText::new(text)))
    }

    /// Makes a token of 192 random bits.
    pub fn from_entropy(entropy: [u8; 24]) -> Self {
        let mut text = String::with_capacity(PREFIX.len() + TOKEN_LENGTH);
        text.push_str(PREFIX);
        base64url::push(&mut text, &entropy);
        Self(SecretText::from(text))
    }

    /// The token itself, for a label or a lookup. Never for a log.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The text for a label that names the organization, too: `{token}+{orgId}`.
    pub fn with_org(&self, org: i64) -> String {
        format!("{}+{org}", self.expose())
    }
}

impl fmt::Debug for QrToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text that starts with `sqr_` is no QR token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrTokenError {
    /// Some characters are missing or too many.
    #[error("After sqr_ there are {0} characters instead of 32.")]
    Length(usize),
    /// A character that tokens do not have.
    #[error("The character {0:?} is not one that QR tokens have.")]
    Character(char),
    /// What follows `+` is no organization's number.
    #[error("What follows the + is not an organization's number.")]
    Organization,
}

/// Reads both forms. None where the text does not start with `sqr_`.
pub(crate) fn parse(text: &str) -> Option<Result<(QrToken, Option<i64>), QrTokenError>> {
    let body = text.strip_prefix(PREFIX)?;
    let (body, org) = match body.split_once('+') {
        Some((body, org)) => (body, Some(org)),
        None => (body, None),
    };
    Some(parse_parts(&text[..PREFIX.len() + body.len()], body, org))
}

fn parse_parts(
    plain: &str,
    body: &str,
    org: Option<&str>,
) -> Result<(QrToken, Option<i64>), QrTokenError> {
    if let Some(character) = body.chars().find(|&c| !base64url::is_in_alphabet(c)) {
        return Err(QrTokenError::Character(character));
    }
    let token = QrToken::parse(plain).ok_or(QrTokenError::Length(body.len()))?;
    let org = org.map(parse_org).transpose()?;
    Ok((token, org))
}

/// An organization's number: positive, digits alone, and no zero before it, so that there is one way to write it.
fn parse_org(text: &str) -> Result<i64, QrTokenError> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse()
        .ok()
        .filter(|_| canonical)
        .ok_or(QrTokenError::Organization)
}

pub(crate) fn read(text: &str) -> Option<Found> {
    Some(match parse(text)? {
        Ok((token, org)) => {
            let masked = mask_token(token.expose());
            let found = Found::claimable(
                Fit::Certain,
                Claim::QrToken { token, org },
                Advice::ClaimNow,
                "It starts with sqr_ and has 32 characters after that: a QR token, which claims one device once.",
            );
            let found = found.checked().with("token", masked);
            match org {
                Some(org) => found.with("org_id", org.to_string()),
                None => found,
            }
        }
        // A device's auth token may start with the same four characters, by chance.
        Err(error) => Found::wrong(
            Fit::Likely,
            error,
            "It starts with sqr_, like a QR token, but is not a whole one.",
        ),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &str = "abcdefghijklmnopqrstuvwxyzABCD_-";

    #[test]
    fn tokens_are_told_from_what_only_looks_like_one() {
        use QrTokenError::{Character, Length, Organization};
        let rows = [
            (format!("sqr_{BODY}"), Some(Ok(None))),
            (format!("sqr_{BODY}+1"), Some(Ok(Some(1)))),
            (
                format!("sqr_{BODY}+9223372036854775807"),
                Some(Ok(Some(i64::MAX))),
            ),
            (
                format!("sqr_{BODY}+9223372036854775808"),
                Some(Err(Organization)),
            ),
            (format!("sqr_{BODY}+"), Some(Err(Organization))),
            (format!("sqr_{BODY}+0"), Some(Err(Organization))),
            (format!("sqr_{BODY}+01"), Some(Err(Organization))),
            (format!("sqr_{BODY}+-1"), Some(Err(Organization))),
            (format!("sqr_{BODY}++1"), Some(Err(Organization))),
            (format!("sqr_{BODY}+1 "), Some(Err(Organization))),
            (format!("sqr_{BODY} 1"), Some(Err(Character(' ')))),
            (format!("sqr_{BODY}%2B1"), Some(Err(Character('%')))),
            (format!("sqr_{BODY}x"), Some(Err(Length(33)))),
            ("sqr_".to_owned(), Some(Err(Length(0)))),
            ("sqr_+1".to_owned(), Some(Err(Length(0)))),
            ("sqr_é".to_owned(), Some(Err(Character('é')))),
            (format!("SQR_{BODY}"), None),
            (BODY.to_owned(), None),
        ];
        for (text, expected) in rows {
            let parsed = parse(&text).map(|result| result.map(|(_, org)| org));
            assert_eq!(parsed, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printed_tokens_are_read_back(entropy: [u8; 24], org in 1_i64..) {
            let token = QrToken::from_entropy(entropy);
            prop_assert_eq!(QrToken::parse(token.expose()), Some(token.clone()));
            prop_assert_eq!(parse(token.expose()), Some(Ok((token.clone(), None))));
            prop_assert_eq!(parse(&token.with_org(org)), Some(Ok((token, Some(org)))));
        }
    }
}
