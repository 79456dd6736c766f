//! The decoding thread.

use std::time::Duration;

use super::CameraError;
use super::Seen;
use super::outlet::Outlet;
use super::shared::{Next, Shared, Unread};
use crate::contain::contain;
use crate::{Decoder, Frame};

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
                outlet.seen(unread.run, read(&mut *decoder, &unread));
            }
            Next::Silence if outlet.is_live() => {
                outlet.trouble(CameraError::Failed("it sends no pictures".to_owned()));
            }
            Next::Silence => {}
            Next::Stop => return,
        }
    }
}

/// What a frame shows, with the corners where the preview has them.
fn read(decoder: &mut dyn Decoder, unread: &Unread) -> Seen {
    let mut seen = Seen {
        width: unread.shown.0,
        height: unread.shown.1,
        ..Seen::default()
    };
    let Ok(frame) = Frame::new(
        &unread.grey,
        unread.width,
        unread.height,
        unread.width as usize,
    ) else {
        return seen;
    };
    let decoded = contain(|| {
        let codes = decoder.decode(frame);
        (codes, decoder.candidates().to_vec(), decoder.hint())
    });
    (seen.codes, seen.candidates, seen.hint) = decoded.unwrap_or_default();
    let scale = [
        seen.width as f32 / unread.width as f32,
        seen.height as f32 / unread.height as f32,
    ];
    let codes = seen.codes.iter_mut().map(|code| &mut code.corners);
    let candidates = seen.candidates.iter_mut().map(|it| &mut it.corners);
    for corner in codes.chain(candidates).flatten() {
        *corner = [corner[0] * scale[0], corner[1] * scale[1]];
    }
    seen
}
