//! Sees every frame, and that none of two share a nonce under one key.

use std::collections::HashMap;

use handover_device::Frame;

/// The head names key and nonce: address, derivation and direction are the key's, life and sequence are the nonce.
#[derive(Default)]
pub struct Witness(HashMap<Vec<u8>, Vec<u8>>);

impl Witness {
    pub fn look(&mut self, bytes: &[u8]) {
        let frame = Frame::read(bytes).expect("who is honest sends frames");
        if frame.path().count() > 0 {
            // Carried for another, who may not be honest.
            return;
        }
        let (head, sealed) = frame.authentic();
        let before = self
            .0
            .entry(head.to_vec())
            .or_insert_with(|| sealed.to_vec());
        assert_eq!(*before, sealed, "one nonce seals one text");
    }
}
