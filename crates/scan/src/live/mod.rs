//! A camera that is read while it is shown.

mod error;
mod source;

use std::sync::Arc;
use std::time::Duration;

pub use error::CameraError;
pub use source::{ColorFrame, OpenSource, Source};

use crate::{Code, Decoder};

/// A frame to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Counts the frames of this [`Live`], from 1.
    pub sequence: u64,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel, row by row without padding.
    pub rgba: Vec<u8>,
}

/// What a live camera reports.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveEvent {
    /// Frames come, at first or again.
    Live,
    /// Frames do not come. Sent once for each cause; opening is tried again until it works.
    Trouble(CameraError),
    /// The codes in view changed or moved; none are left when they were lost.
    Codes {
        /// Pixels in a row of the preview.
        width: u32,
        /// Rows of the preview.
        height: u32,
        /// The codes, their corners in pixels of the preview.
        codes: Vec<Code>,
    },
}

/// A running camera.
pub struct Live {}

impl Live {
    /// Starts capturing and decoding, each on its own thread.
    pub fn start(
        opener: impl OpenSource,
        decoder: Box<dyn Decoder>,
        on_event: impl FnMut(LiveEvent) + Send + 'static,
    ) -> Self {
        let _ = (opener, decoder, on_event);
        Self {}
    }

    /// The newest frame after number `sequence`, waiting up to `wait` for one.
    pub fn frame_after(&self, sequence: u64, wait: Duration) -> Option<Arc<Preview>> {
        let _ = (sequence, wait);
        None
    }

    /// Stops and lets go of the camera.
    pub fn stop(self) {}
}
