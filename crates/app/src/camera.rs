//! The one camera that is open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handover_client::Result;
use handover_scan::LiveScanner;
use handover_scan::live::{CameraError, Live, LiveEvent, Preview, Wish};
use handover_wire::{ErrorBody, ErrorCode};

use crate::pictures::findings;
use crate::{App, CameraChoice, CameraEvent, off_thread};

/// How long a request for a frame waits; the web view then asks again.
const FRAME_WAIT: Duration = Duration::from_secs(1);

/// How long a camera may take to zoom, or to light its lamp. It does so between two frames, and in the dark those are slow.
const WISH_WAIT: Duration = Duration::from_secs(2);

/// Bytes before the pixels of a frame.
const FRAME_HEADER: usize = 16;

/// Holds the open camera, so that opening another closes the one before it.
#[derive(Default)]
pub(crate) struct CameraDesk(Mutex<Option<Arc<Live>>>);

impl CameraDesk {
    fn slot(&self) -> MutexGuard<'_, Option<Arc<Live>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The cameras to choose from.
    ///
    /// # Errors
    /// One of the camera codes.
    pub async fn cameras(&self) -> Result<Vec<CameraChoice>> {
        let host = self.host.clone();
        off_thread(move || host.cameras()).await?
    }

    /// Opens a camera, the default one where no id is given, and closes the one before it. What it sees goes to
    /// `events`; what keeps it from seeing does too, and it is tried again until it is closed.
    ///
    /// # Errors
    /// `unsupported` where the host films by itself.
    pub async fn open_camera(
        &self,
        id: Option<&str>,
        mut events: impl FnMut(CameraEvent) + Send + 'static,
    ) -> Result<()> {
        self.close_camera().await?;
        let opener = self.host.camera(id)?;
        let live = Live::start(opener, Box::new(LiveScanner::default()), move |event| {
            events(told(event));
        });
        *self.camera.slot() = Some(Arc::new(live));
        Ok(())
    }

    /// The newest frame after the one of that number, as raw bytes: `u64` sequence, `u32` width, `u32` height, all
    /// little-endian, then RGBA row by row. Empty where no camera is open, or no frame came within a second.
    ///
    /// # Errors
    /// `internal` where the thread that waited broke.
    pub async fn camera_frame(&self, after: u64) -> Result<Vec<u8>> {
        let Some(live) = self.camera.slot().clone() else {
            return Ok(Vec::new());
        };
        off_thread(move || {
            let frame = live.frame_after(after, FRAME_WAIT);
            frame.map_or_else(Vec::new, |frame| frame_bytes(&frame))
        })
        .await
    }

    /// Has the open camera show things so near, in its own units, as far as it goes.
    ///
    /// # Errors
    /// `no_camera` where none is open, another of the camera codes where it cannot.
    pub async fn zoom_camera(&self, to: f64) -> Result<()> {
        self.wish(Wish::Zoom(to)).await
    }

    /// Turns the open camera's lamp on or off.
    ///
    /// # Errors
    /// As [`Self::zoom_camera`].
    pub async fn light_camera(&self, on: bool) -> Result<()> {
        self.wish(Wish::Torch(on)).await
    }

    async fn wish(&self, wish: Wish) -> Result<()> {
        let live = self.camera.slot().clone();
        let granted = off_thread(move || {
            let live = live.ok_or(CameraError::NoCamera)?;
            live.wish(wish, WISH_WAIT)
        });
        granted.await?.map_err(|error| camera_error(&error))
    }

    /// Closes the camera, so that other programs can have it.
    ///
    /// # Errors
    /// `internal` where its thread broke.
    pub async fn close_camera(&self) -> Result<()> {
        let open = self.camera.slot().take();
        off_thread(move || drop(open)).await
    }
}

fn frame_bytes(frame: &Preview) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FRAME_HEADER + frame.rgba.len());
    bytes.extend(frame.sequence.to_le_bytes());
    bytes.extend(frame.width.to_le_bytes());
    bytes.extend(frame.height.to_le_bytes());
    bytes.extend(&frame.rgba);
    bytes
}

fn told(event: LiveEvent) -> CameraEvent {
    match event {
        LiveEvent::Live(abilities) => CameraEvent::Live(abilities.into()),
        LiveEvent::Trouble(error) => CameraEvent::Trouble {
            error: camera_error(&error),
        },
        LiveEvent::Seen(seen) => CameraEvent::Codes(findings(seen)),
    }
}

/// A camera's error in the closed set of codes.
pub fn camera_error(error: &CameraError) -> ErrorBody {
    let code = match error {
        CameraError::NoCamera => ErrorCode::NoCamera,
        CameraError::Busy => ErrorCode::CameraBusy,
        CameraError::Denied => ErrorCode::CameraDenied,
        CameraError::Unplugged => ErrorCode::CameraUnplugged,
        CameraError::Failed(detail) => {
            return ErrorBody::new(ErrorCode::CameraFailed, error.to_string())
                .with("detail", detail);
        }
    };
    ErrorBody::new(code, error.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(bytes: &[u8]) -> u32 {
        u32::from_le_bytes(bytes.try_into().expect("four bytes"))
    }

    proptest! {
        #[test]
        fn a_frame_can_be_read_back(sequence: u64, width in 1..9_u32, height in 1..9_u32) {
            let rgba: Vec<u8> = (0..width * height * 4).map(|byte| byte as u8).collect();
            let bytes = frame_bytes(&Preview { sequence, width, height, rgba: rgba.clone() });
            prop_assert_eq!(&bytes[..8], sequence.to_le_bytes());
            prop_assert_eq!((number(&bytes[8..12]), number(&bytes[12..16])), (width, height));
            prop_assert_eq!(&bytes[FRAME_HEADER..], rgba);
        }
    }
}
