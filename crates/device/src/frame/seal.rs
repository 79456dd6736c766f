//! Seals and opens what a frame carries: ChaCha20-Poly1305.
//!
//! A nonce is the sender's [`Id`](super::Id), a key is one node's, of one derivation and direction. No pair of them ever seals
//! two texts:
//!
//! - Up, one node seals with the key. Its sequence numbers come from [`Numbers`](crate::store::Numbers), which gives none twice,
//!   nor one that its store may have seen used before a crash. A message keeps the number that it was stored with, so every
//!   attempt is the same text under the same head.
//! - Down, whichever gateways have the node's keys seal with one key. Their lives differ, each drawn at random with the store.
//! - A store that was lost gives another life.
//! - Another derivation is another key: there a message is sealed anew, with the number that it had.
//!
//! What changes between attempts, the attempt's number and the way, is neither sealed nor authenticated.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

use super::{Frame, Head};
use handover_air::Key;

/// The ciphertext of a text, and its proof.
pub(crate) fn seal(key: &Key, head: &Head, text: &[u8]) -> Vec<u8> {
    let payload = Payload {
        msg: text,
        aad: &head.bytes(),
    };
    ChaCha20Poly1305::new(&(*key.expose()).into())
        .encrypt(&Nonce::from(head.nonce()), payload)
        .expect("a frame is far below the cipher's limit of 256 GiB")
}

/// The text. None where whoever sealed it had another key, or anything that is authenticated was changed.
pub(crate) fn open(key: &Key, frame: &Frame<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let (aad, msg) = frame.authentic();
    ChaCha20Poly1305::new(&(*key.expose()).into())
        .decrypt(&Nonce::from(frame.head.nonce()), Payload { msg, aad })
        .ok()
        .map(Zeroizing::new)
}
