//! quircs, a port of quirc.

use handover_scan::Picture;
use quircs::Quirc;

use super::{InProcess, Peer, Reading, middle, text_of};

/// quircs; its buffers are kept from picture to picture, as it advises.
pub fn new() -> impl Peer {
    let mut quirc = Quirc::default();
    InProcess(move |picture: &Picture| {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let codes = quirc.identify(width, height, &picture.grey);
        let reading = |code: quircs::Code| {
            let corners = code.corners.map(|point| [point.x as f32, point.y as f32]);
            let data = code.decode().ok()?;
            Some(Reading {
                text: text_of(data.payload),
                centre: middle(corners),
            })
        };
        codes.filter_map(Result::ok).filter_map(reading).collect()
    })
}
