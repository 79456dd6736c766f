//! The capturing thread.

use std::time::Duration;

use super::outlet::Outlet;
use super::preview::preview;
use super::shared::{Shared, Unread};
use super::{Abilities, CameraError, ColorFrame, OpenSource, Source, Wish};
use crate::contain::contain;

/// Captures until stopped; after trouble it opens the camera anew, every `retry`.
pub(super) fn run(mut opener: impl OpenSource, shared: &Shared, outlet: &Outlet, retry: Duration) {
    while !shared.is_stopped() {
        let Err(cause) = capture(&mut opener, shared, outlet) else {
            return;
        };
        outlet.trouble(cause);
        shared.pause(retry);
    }
}

/// Captures from one opening of the camera to its end: stopped, or trouble.
fn capture(
    opener: &mut impl OpenSource,
    shared: &Shared,
    outlet: &Outlet,
) -> Result<(), CameraError> {
    let mut source = Contained::open(opener)?;
    // What was wished while there was no camera is not wished of this one, whatever it is.
    shared.answer_wishes(|_| Err(CameraError::NoCamera));
    while !shared.is_stopped() {
        shared.answer_wishes(|wish| source.obey(wish));
        let frame = check(source.next_frame()?)?;
        outlet.frame(|| source.abilities());
        let (width, height) = (frame.width, frame.height);
        let preview = preview(frame.rgba, width, height);
        let unread = Unread {
            grey: frame.grey,
            width,
            height,
            shown: (preview.width, preview.height),
            run: 0,
        };
        shared.post(preview, unread);
    }
    Ok(())
}

/// Refuses frames whose bytes do not fit their size, which a driver may give in a bad moment.
fn check(frame: ColorFrame) -> Result<ColorFrame, CameraError> {
    let pixels = u64::from(frame.width) * u64::from(frame.height);
    let fits = frame.grey.len() as u64 == pixels && frame.rgba.len() as u64 == pixels * 4;
    if pixels == 0 || !fits {
        let words = "a frame came with more or fewer bytes than its size needs";
        return Err(CameraError::Failed(words.to_owned()));
    }
    Ok(frame)
}

/// An open camera whose driver may panic, even while it is closed.
struct Contained(Option<Box<dyn Source>>);

impl Contained {
    fn open(opener: &mut impl OpenSource) -> Result<Self, CameraError> {
        let source = contain(|| opener.open()).unwrap_or_else(|_| Err(panicked()))?;
        Ok(Self(Some(source)))
    }

    fn source(&mut self) -> &mut dyn Source {
        let source = self.0.as_deref_mut();
        source.expect("a source is there until it is dropped")
    }

    fn next_frame(&mut self) -> Result<ColorFrame, CameraError> {
        contain(|| self.source().next_frame()).unwrap_or_else(|_| Err(panicked()))
    }

    fn abilities(&mut self) -> Abilities {
        contain(|| self.source().abilities()).unwrap_or_default()
    }

    fn obey(&mut self, wish: Wish) -> Result<(), CameraError> {
        contain(|| self.source().obey(wish)).unwrap_or_else(|_| Err(panicked()))
    }
}

impl Drop for Contained {
    fn drop(&mut self) {
        let source = self.0.take();
        if contain(move || drop(source)).is_err() {
            tracing::warn!("the camera's driver panicked while it was closed");
        }
    }
}

fn panicked() -> CameraError {
    CameraError::Failed("the camera's driver panicked".to_owned())
}
