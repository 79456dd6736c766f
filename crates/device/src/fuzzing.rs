//! For `fuzz/` alone: what a node or gateway that went wrong sends, with the right keys.

use crate::frame::{self, Head, Id, Kind};
use handover_air::NodeKeys;

/// Any text, sealed as a frame.
pub fn sealed(keys: &NodeKeys, kind: Kind, id: Id, attempt: u8, text: &[u8]) -> Vec<u8> {
    let head = Head {
        kind,
        address: keys.address,
        derivation: keys.derivation,
        id,
    };
    let key = match kind {
        Kind::Up => &keys.up,
        Kind::Down => &keys.down,
    };
    let text = &text[..text.len().min(frame::MAX_BODY)];
    frame::write(&head, attempt, 3, &frame::seal(key, &head, text))
}
