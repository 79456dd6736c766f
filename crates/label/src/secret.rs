//! Text that is never shown: the inside of every secret of this crate.

use std::fmt;

use zeroize::Zeroizing;

/// A secret text. It is wiped when dropped and prints as `***`.
///
/// Comparison takes as long as the texts agree: where an attacker could measure it, compare keyed hashes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(crate) fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
