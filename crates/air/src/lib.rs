//! What a node's auth token gives: its address, and a key for each direction.
//!
//! All three come by HKDF-SHA256 from the token and a number, the derivation. The cloud raises the number when another
//! gateway gets the node, and gives the new one the keys of the new number alone: from those nobody learns the keys of
//! another number, nor the token.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Keeps these keys apart from whatever else is ever derived from a token.
const SALT: &[u8] = b"handover mesh 1";

/// Characters of an auth token, 192 bits.
const TOKEN: usize = 32;

/// How often the cloud has given the node to another gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Derivation(pub u32);

/// What a node is called on the air under one derivation. Whoever lacks the token cannot tell that two of them are one node's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 8]);

impl Address {
    /// What stands for it in a path: its first two bytes. Two nodes may share them, so it is good for a drawing alone.
    pub fn short(self) -> u16 {
        u16::from_be_bytes([self.0[0], self.0[1]])
    }
}

/// A key of one direction. Does not print, and is wiped from memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Its bytes. Every call is a place to review.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(..)")
    }
}

/// What a gateway is given of a node: enough to read and answer it under one derivation, and nothing beyond that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeKeys {
    /// The number that these follow from.
    pub derivation: Derivation,
    /// The node's address under it.
    pub address: Address,
    /// Seals what goes from the node to the gateway.
    pub up: Key,
    /// Seals what goes from the gateway to the node.
    pub down: Key,
}

/// The text is no auth token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an auth token has 32 letters, digits, - or _")]
pub struct NotAToken;

/// A node's credential. Does not print, and is wiped from memory.
#[derive(Clone)]
pub struct AuthToken(Zeroizing<[u8; TOKEN]>);

impl AuthToken {
    /// The token of this text.
    ///
    /// # Errors
    /// Where it is not one.
    pub fn new(text: &str) -> Result<Self, NotAToken> {
        let bytes: [u8; TOKEN] = text.as_bytes().try_into().map_err(|_| NotAToken)?;
        let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        if !bytes.iter().all(known) {
            return Err(NotAToken);
        }
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// The text, which whoever signs in says. Every call is a place to review.
    pub fn text(&self) -> &str {
        // It is ASCII, or there would be no token.
        std::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }

    /// What the node is called on the air, for whoever looks for its address among many.
    pub fn address(&self, derivation: Derivation) -> Address {
        let mut address = [0; 8];
        expand(&self.root(), b"address", derivation, &mut address);
        Address(address)
    }

    /// What the cloud gives a gateway, and the node makes by itself.
    pub fn keys(&self, derivation: Derivation) -> NodeKeys {
        let root = self.root();
        let mut up = Zeroizing::new([0; 32]);
        let mut down = Zeroizing::new([0; 32]);
        expand(&root, b"up", derivation, up.as_mut_slice());
        expand(&root, b"down", derivation, down.as_mut_slice());
        NodeKeys {
            derivation,
            address: self.address(derivation),
            up: Key(up),
            down: Key(down),
        }
    }

    fn root(&self) -> Hkdf<Sha256> {
        Hkdf::new(Some(SALT), self.0.as_slice())
    }
}

impl fmt::Debug for AuthToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthToken(..)")
    }
}

fn expand(root: &Hkdf<Sha256>, purpose: &[u8], derivation: Derivation, out: &mut [u8]) {
    // The purposes differ in their first letter, so no two of these texts are alike.
    let info = [purpose, &derivation.0.to_be_bytes()].concat();
    root.expand(&info, out)
        .expect("HKDF gives 8160 bytes, and 32 are asked for");
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "abcdefghijklmnopqrstuvwxyz012345";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_token_is_32_of_its_alphabet() {
        let rows = [
            (TEXT, true),
            ("abcdefghijklmnopqrstuvwxyz01234-", true),
            ("abcdefghijklmnopqrstuvwxyz01234", false),
            ("abcdefghijklmnopqrstuvwxyz0123456", false),
            ("abcdefghijklmnopqrstuvwxyz01234 ", false),
            ("abcdefghijklmnopqrstuvwxyz01234\u{e4}", false),
        ];
        for (text, good) in rows {
            assert_eq!(AuthToken::new(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn neither_token_nor_key_prints() {
        let token = AuthToken::new(TEXT).expect("a token");
        let printed = format!("{token:?} {:?}", token.keys(Derivation(0)));
        assert!(!printed.contains(TEXT));
        assert!(printed.contains("up: Key(..), down: Key(..)"), "{printed}");
    }

    #[test]
    fn every_derivation_has_other_keys() {
        let token = AuthToken::new(TEXT).expect("a token");
        let (old, new) = (token.keys(Derivation(0)), token.keys(Derivation(1)));
        assert_eq!(old, token.keys(Derivation(0)));
        let all = [&old.up, &old.down, &new.up, &new.down];
        for (index, key) in all.iter().enumerate() {
            assert!(!all[..index].contains(key));
        }
        assert_ne!(old.address, new.address);
    }

    /// docs/MESH.md has the same values: whoever derives them elsewhere compares with these.
    #[test]
    fn the_published_vector_holds() {
        let keys = AuthToken::new(TEXT).expect("a token").keys(Derivation(7));
        assert_eq!(hex(&keys.address.0), "f90c2d8d8cf78f6f");
        assert_eq!(
            hex(keys.up.expose()),
            "423703b59106023c6ae21f63a9216d43c1890cf4e7c7c195197906bedc9ec55e"
        );
        assert_eq!(
            hex(keys.down.expose()),
            "09fcc1379f8b46944f8178d3ba1794c20e3dc19dbebc030574da166773723d5e"
        );
    }
}
