//! Randomness, passed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handover_wire::{Secret, TemplateId};

/// Gives bytes that nobody can guess. Tests give known ones.
pub trait Entropy: Send + Sync + 'static {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        // Going on without randomness would hand out guessable secrets, so this is the one error that must stop us.
        getrandom::fill(bytes).expect("the operating system gives random bytes once it has booted");
    }
}

/// So many bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// 40 characters of URL-safe base64, 240 bits: access tokens, refresh tokens, client secrets.
pub fn token40(entropy: &dyn Entropy) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(bytes::<30>(entropy)))
}

/// 43 characters of URL-safe base64, 256 bits: links to files.
pub fn token43(entropy: &dyn Entropy) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(bytes::<32>(entropy)))
}

/// 32 characters of URL-safe base64, 192 bits: set-up codes, the variable part of a client id.
pub fn token32(entropy: &dyn Entropy) -> String {
    URL_SAFE_NO_PAD.encode(bytes::<24>(entropy))
}

/// Characters that are not taken for one another when read aloud or typed (Crockford's base 32).
const READABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A template's public id: `TMPL` and nine characters, 45 bits. It is no secret.
pub fn template_id(entropy: &dyn Entropy) -> TemplateId {
    let signs = bytes::<9>(entropy).map(|byte| char::from(READABLE[usize::from(byte & 31)]));
    TemplateId(["TMPL".to_owned(), signs.iter().collect()].concat())
}

/// A password that a person can type: four groups of four characters, 80 bits.
pub fn readable_password(entropy: &dyn Entropy) -> Secret {
    let mut text = String::with_capacity(19);
    for (index, byte) in bytes::<16>(entropy).into_iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(READABLE[usize::from(byte & 31)]));
    }
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_their_published_lengths() {
        assert_eq!(token40(&SystemEntropy).expose().len(), 40);
        assert_eq!(token32(&SystemEntropy).len(), 32);
        assert_eq!(template_id(&SystemEntropy).0.len(), 13);
        assert_eq!(readable_password(&SystemEntropy).expose().len(), 19);
    }
}
