//! Ours: the decoder of still pictures, as the app and the program `handover` use it.

use handover_scan::{Decoder, Picture, Scanner};

use super::{InProcess, Peer, Reading, middle};

/// Our decoder.
pub fn new() -> impl Peer {
    let mut decoder = Scanner::default();
    InProcess(move |picture: &Picture| {
        let codes = decoder.decode(picture.frame());
        let reading = |code: handover_scan::Code| Reading {
            centre: middle(code.corners),
            text: code.text,
        };
        codes.into_iter().map(reading).collect()
    })
}
