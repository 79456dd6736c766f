//! The one camera that is open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handover_client::Result;
use handover_scan::QrDecoder;
use handover_scan::live::{CameraError, Live, LiveEvent, Preview};
use handover_wire::{ErrorBody, ErrorCode};

use crate::pictures::findings;
use crate::{App, CameraChoice, CameraEvent, off_thread};

/// How long a request for a frame waits; the web view then asks again.
const FRAME_WAIT: Duration = Duration::from_secs(1);

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
        let live = Live::start(opener, Box::new(QrDecoder::default()), move |event| {
            events(told(event));
        });
        *self.camera.slot() = Some(Arc::new(live));
        Ok(())
    }

    /// The newest frame after the one of that number; none where no camera is open, or none came within a second.
    ///
    /// # Errors
    /// `internal` where the thread that waited broke.
    pub async fn camera_frame(&self, after: u64) -> Result<Option<Arc<Preview>>> {
        let Some(live) = self.camera.slot().clone() else {
            return Ok(None);
        };
        off_thread(move || live.frame_after(after, FRAME_WAIT)).await
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

fn told(event: LiveEvent) -> CameraEvent {
    match event {
        LiveEvent::Live => CameraEvent::Live,
        LiveEvent::Trouble(error) => CameraEvent::Trouble {
            error: camera_error(&error),
        },
        LiveEvent::Codes {
            width,
            height,
            codes,
        } => CameraEvent::Codes(findings(width, height, codes)),
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
