//! The decoding thread.

use std::time::Duration;

use super::CameraError;
use super::outlet::Outlet;
use super::shared::{Next, Shared, Unread};
use crate::contain::contain;
use crate::{Code, Decoder, Frame};

/// Reads the newest frame, again and again until stopped. Reports a camera that has been silent for `silence`, too:
/// the capturing thread cannot, it is waiting for that very frame.
pub(super) fn run(
    mut decoder: Box<dyn Decoder>,
    shared: &Shared,
    outlet: &Outlet,
    silence: Duration,
) {
    loop {
        match shared.take_unread(silence) {
            Next::Read(unread) => {
                let codes = read(&mut *decoder, &unread);
                outlet.codes(unread.run, unread.shown, codes);
            }
            Next::Silence if outlet.is_live() => {
                outlet.trouble(CameraError::Failed("it sends no pictures".to_owned()));
            }
            Next::Silence => {}
            Next::Stop => return,
        }
    }
}

/// The codes in a frame, with their corners where the preview has them.
fn read(decoder: &mut dyn Decoder, unread: &Unread) -> Vec<Code> {
    let Ok(frame) = Frame::new(
        &unread.grey,
        unread.width,
        unread.height,
        unread.width as usize,
    ) else {
        return Vec::new();
    };
    let mut codes = contain(|| decoder.decode(frame)).unwrap_or_default();
    let scale = [
        unread.shown.0 as f32 / unread.width as f32,
        unread.shown.1 as f32 / unread.height as f32,
    ];
    for corner in codes.iter_mut().flat_map(|code| &mut code.corners) {
        *corner = [corner[0] * scale[0], corner[1] * scale[1]];
    }
    codes
}
