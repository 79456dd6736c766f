//! Auth tokens: the device's own credential, sometimes printed on it.

use std::fmt;

use crate::base64url::{self, TOKEN_LENGTH};
use crate::claim::Claim;
use crate::mask::mask_token;
use crate::reading::{Advice, Fit, Found};
use crate::secret::SecretText;

/// An auth token: 32 of `[A-Za-z0-9_-]`, which is 24 bytes in URL-safe base64.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthToken(SecretText);

impl AuthToken {
    /// Reads a token. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        base64url::is_token(text).then(|| Self(SecretText::new(text)))
    }

    /// Makes a token of 192 random bits, less one where it would begin with `-`: programs for tables take that for a formula,
    /// and spoil the token when they save.
    pub fn from_entropy(mut entropy: [u8; 24]) -> Self {
        // `-` is 62 of the alphabet, the first character the first six bits.
        if entropy[0] >> 2 == 62 {
            entropy[0] &= 0x7f;
        }
        let mut text = String::with_capacity(TOKEN_LENGTH);
        base64url::push(&mut text, &entropy);
        Self(SecretText::from(text))
    }

    /// The token itself, for a device or a lookup. Never for a log.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Nothing in an auth token can be checked: an MD5 and a UUID without dashes look the same. So it is asked
/// about before claiming, and ranked after everything that has a checksum.
pub(crate) fn read(text: &str) -> Option<Found> {
    let token = AuthToken::parse(text)?;
    let masked = mask_token(token.expose());
    let reason = if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        "It has the length and the characters of a device's auth token, but also those of an MD5 or of a UUID without dashes."
    } else {
        "It has the length and the characters of a device's auth token."
    };
    let found = Found::claimable(
        Fit::Ambiguous,
        Claim::AuthToken(token),
        Advice::AskFirst,
        reason,
    );
    Some(found.with("token", masked))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn length_and_alphabet_decide() {
        let rows = [
            ("abcdefghijklmnopqrstuvwxyzABCD_-", true),
            ("d41d8cd98f00b204e9800998ecf8427e", true),
            ("abcdefghijklmnopqrstuvwxyzABCD_", false),
            ("abcdefghijklmnopqrstuvwxyzABCD_-x", false),
            ("abcdefghijklmnopqrstuvwxyzABCD+/", false),
            ("abcdefghijklmnopqrstuvwxyzABCDé", false),
            ("", false),
        ];
        for (text, expected) in rows {
            assert_eq!(AuthToken::parse(text).is_some(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printed_tokens_are_read_back(entropy: [u8; 24]) {
            let token = AuthToken::from_entropy(entropy);
            prop_assert_eq!(AuthToken::parse(token.expose()), Some(token));
        }
    }
}
