//! Claim codes: what stands beside an identifier and proves that somebody has the device in their hands.

use zeroize::Zeroizing;

/// The characters of a code (Crockford's Base32): none looks like another, whatever the label is printed with.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 40 bits, which limits on guesses make enough.
const LENGTH: usize = 8;

/// A code in the form that codes are compared in: no dash, capitals. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimCode(Zeroizing<String>);

impl ClaimCode {
    /// Makes a code of 40 random bits.
    pub fn from_entropy(entropy: [u8; 5]) -> Self {
        let bits = entropy
            .iter()
            .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
        let character = |place: usize| {
            let index = bits >> (5 * (LENGTH - 1 - place)) & 31;
            char::from(ALPHABET[usize::try_from(index).unwrap_or_default()])
        };
        Self(Zeroizing::new((0..LENGTH).map(character).collect()))
    }

    /// Reads what a person typed: either case, with or without the dash, and with the letters that are taken for digits.
    /// None: no code looks like this.
    pub fn parse(text: &str) -> Option<Self> {
        // Nobody types so much, and it costs nothing to look at.
        let text = Some(text).filter(|text| text.len() <= 64)?;
        let characters = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let code: String = characters.map(meant).collect::<Option<_>>()?;
        (code.len() == LENGTH).then(|| Self(Zeroizing::new(code)))
    }

    /// The code itself, for a lookup. Never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The code as it is printed: `ABCD-EFGH`.
    pub fn print(&self) -> String {
        let (one, other) = self.0.split_at(LENGTH / 2);
        format!("{one}-{other}")
    }
}

/// The character of a code that somebody means by what they typed.
fn meant(character: char) -> Option<char> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        character => character,
    };
    let known = ALPHABET.iter().any(|&byte| char::from(byte) == character);
    known.then_some(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_read_however_they_are_typed() {
        for (text, want) in [
            ("0123-4567", Some("01234567")),
            (" abcd efgh ", Some("ABCDEFGH")),
            ("oiL0-zzzz", Some("0110ZZZZ")),
            ("ABCD-EFG", None),
            ("ABCD-EFGHJ", None),
            ("ABCD-EFGU", None),
            ("", None),
            (&*"A".repeat(5_000), None),
        ] {
            let code = ClaimCode::parse(text);
            assert_eq!(code.as_ref().map(ClaimCode::expose), want, "{text:.20}");
        }
    }

    proptest! {
        #[test]
        fn printed_codes_are_read_back(entropy: [u8; 5], other: [u8; 5]) {
            let code = ClaimCode::from_entropy(entropy);
            prop_assert!(ClaimCode::parse(&code.print()) == Some(code.clone()));
            prop_assert!(ClaimCode::parse(&code.print().to_lowercase()) == Some(code.clone()));
            prop_assert_eq!(code == ClaimCode::from_entropy(other), entropy == other);
        }
    }
}
