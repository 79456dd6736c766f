//! A camera that is read while it is shown.
//!
//! Two threads: one captures and never waits for the other, one decodes and always takes the newest frame. Between them
//! is room for one frame, and a newer frame replaces an older one that was not read yet.

mod capture;
mod controls;
mod error;
mod outlet;
mod preview;
mod reading;
mod shared;
mod source;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use controls::{Abilities, Wish, Zoom};
pub use error::CameraError;
pub use preview::{MAX_PREVIEW_SIDE, Preview};
pub use source::{ColorFrame, OpenSource, Source};

use crate::{Candidate, Code, Decoder, Hint};
use outlet::Outlet;
use shared::Shared;

/// What a live camera reports.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveEvent {
    /// Frames come, at first or again, from a camera that can do this beside filming.
    Live(Abilities),
    /// Frames do not come. Sent once for each cause; opening is tried again until it works.
    Trouble(CameraError),
    /// What is in view changed or moved; nothing is left when it was lost.
    Seen(Seen),
}

/// What is in view. Corners are in pixels of the preview.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// Pixels in a row of the preview.
    pub width: u32,
    /// Rows of the preview.
    pub height: u32,
    /// The codes that were read.
    pub codes: Vec<Code>,
    /// What looks like codes and was not read yet.
    pub candidates: Vec<Candidate>,
    /// What would help as to the picture as a whole, where there are neither codes nor candidates.
    pub hint: Option<Hint>,
}

/// How long things may take; tests choose other values.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Between an attempt to open the camera that failed and the next.
    retry: Duration,
    /// Without a frame from an open camera until that counts as trouble. Slow cameras in the dark give five frames a
    /// second.
    silence: Duration,
    /// Given to both threads to end. A camera's driver can block for ever, and then its thread is left behind.
    farewell: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retry: Duration::from_millis(500),
            silence: Duration::from_secs(3),
            farewell: Duration::from_secs(1),
        }
    }
}

/// A running camera. Dropping it stops it.
pub struct Live {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    patience: Patience,
}

impl Live {
    /// Starts capturing and decoding, each on its own thread. Events come from both, one at a time; the handler should
    /// hand them on and return.
    pub fn start(
        opener: impl OpenSource,
        decoder: Box<dyn Decoder>,
        on_event: impl FnMut(LiveEvent) + Send + 'static,
    ) -> Self {
        Self::start_with(opener, decoder, on_event, Patience::default())
    }

    fn start_with(
        opener: impl OpenSource,
        decoder: Box<dyn Decoder>,
        on_event: impl FnMut(LiveEvent) + Send + 'static,
        patience: Patience,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let outlet = Arc::new(Outlet::new(Arc::clone(&shared), Box::new(on_event)));
        let mut live = Self {
            shared: Arc::clone(&shared),
            threads: Vec::new(),
            patience,
        };
        let capture = {
            let (shared, outlet) = (Arc::clone(&shared), Arc::clone(&outlet));
            move || capture::run(opener, &shared, &outlet, patience.retry)
        };
        let reading = {
            let outlet = Arc::clone(&outlet);
            move || reading::run(decoder, &shared, &outlet, patience.silence)
        };
        live.spawn("scan-capture", &outlet, capture);
        live.spawn("scan-decode", &outlet, reading);
        live
    }

    fn spawn(&mut self, name: &str, outlet: &Outlet, work: impl FnOnce() + Send + 'static) {
        let running = self.shared.count_thread();
        let work = move || {
            let _counted_until_the_end = running;
            work();
        };
        match thread::Builder::new().name(name.to_owned()).spawn(work) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => outlet.trouble(CameraError::Failed(error.to_string())),
        }
    }

    /// The newest frame after number `sequence`, waiting up to `wait` for one. Frames are numbered from 1.
    pub fn frame_after(&self, sequence: u64, wait: Duration) -> Option<Arc<Preview>> {
        self.shared.preview_after(sequence, wait)
    }

    /// Has the camera do something, and waits up to `wait` for it. A newer wish of the same kind takes the place of one that
    /// still waits.
    ///
    /// # Errors
    /// What the camera says where it cannot, and [`CameraError::NoCamera`] where none is left to be asked.
    pub fn wish(&self, wish: Wish, wait: Duration) -> Result<(), CameraError> {
        self.shared
            .ask(wish)
            .recv_timeout(wait)
            .unwrap_or_else(|gone| {
                Err(match gone {
                    RecvTimeoutError::Disconnected => CameraError::NoCamera,
                    RecvTimeoutError::Timeout => {
                        CameraError::Failed("it does not answer".to_owned())
                    }
                })
            })
    }

    /// Stops and lets go of the camera. No event begins after this.
    pub fn stop(self) {}
}

impl Drop for Live {
    fn drop(&mut self) {
        self.shared.stop();
        if self.shared.wait_for_threads(self.patience.farewell) {
            for thread in self.threads.drain(..) {
                // An error is the panic of an event handler, which the panic hook has reported.
                let _ = thread.join();
            }
        }
    }
}
