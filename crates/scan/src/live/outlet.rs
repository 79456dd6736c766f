//! The one place where events leave: says everything once, and in an order that makes sense.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::shared::Shared;
use super::{CameraError, LiveEvent};
use crate::Code;

type Handler = Box<dyn FnMut(LiveEvent) + Send>;

/// Corners that move less than this, in pixels of the preview, have not moved.
const STILL: f32 = 0.5;

pub(super) struct Outlet {
    shared: Arc<Shared>,
    /// Whether the last thing said about the camera was that it is live. Read without the lock, so that the capturing
    /// thread does not wait for a handler that is busy with the decoding thread's events.
    live: AtomicBool,
    said: Mutex<Said>,
}

struct Said {
    handler: Handler,
    trouble: Option<CameraError>,
    was_live: bool,
    size: (u32, u32),
    codes: Vec<Code>,
}

impl Outlet {
    pub(super) fn new(shared: Arc<Shared>, handler: Handler) -> Self {
        Self {
            shared,
            live: AtomicBool::new(false),
            said: Mutex::new(Said {
                handler,
                trouble: None,
                was_live: false,
                size: (0, 0),
                codes: Vec::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        // Only a handler's own panic poisons this, and what was said is noted before the handler hears it.
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, said: &mut Said, event: LiveEvent) {
        if !self.shared.is_stopped() {
            (said.handler)(event);
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.live.load(Ordering::Acquire)
    }

    /// A frame came.
    pub(super) fn frame(&self) {
        if self.is_live() {
            return;
        }
        let mut said = self.lock();
        self.live.store(true, Ordering::Release);
        said.trouble = None;
        said.was_live = true;
        self.send(&mut said, LiveEvent::Live);
    }

    /// Frames do not come, because of `cause`.
    pub(super) fn trouble(&self, cause: CameraError) {
        let mut said = self.lock();
        // A camera that worked a moment ago and cannot be found now was unplugged.
        let cause = match cause {
            CameraError::NoCamera if said.was_live => CameraError::Unplugged,
            cause => cause,
        };
        self.live.store(false, Ordering::Release);
        self.shared.begin_run();
        self.lose_codes(&mut said);
        if said.trouble.as_ref() != Some(&cause) {
            tracing::info!(code = cause.code(), "no frames from the camera");
            said.trouble = Some(cause.clone());
            self.send(&mut said, LiveEvent::Trouble(cause));
        }
    }

    fn lose_codes(&self, said: &mut Said) {
        let size = said.size;
        if !said.codes.is_empty() {
            self.say_codes(said, size, Vec::new());
        }
    }

    /// These codes were read in a frame of `run` whose preview has this size.
    pub(super) fn codes(&self, run: u64, size: (u32, u32), mut codes: Vec<Code>) {
        codes.sort_by(by_content_and_place);
        let mut said = self.lock();
        let changed = said.size != size && !codes.is_empty() || differ(&said.codes, &codes);
        if self.shared.is_current(run) && changed {
            self.say_codes(&mut said, size, codes);
        }
    }

    fn say_codes(&self, said: &mut Said, size: (u32, u32), codes: Vec<Code>) {
        said.size = size;
        said.codes.clone_from(&codes);
        let (width, height) = size;
        self.send(
            said,
            LiveEvent::Codes {
                width,
                height,
                codes,
            },
        );
    }
}

/// An order that does not depend on the decoder's.
fn by_content_and_place(a: &Code, b: &Code) -> std::cmp::Ordering {
    let [[ax, ay], [bx, by]] = [a.centre(), b.centre()];
    a.raw
        .cmp(&b.raw)
        .then(ax.total_cmp(&bx))
        .then(ay.total_cmp(&by))
}

/// Whether two sorted lists show something else.
fn differ(before: &[Code], now: &[Code]) -> bool {
    before.len() != now.len()
        || before
            .iter()
            .zip(now)
            .any(|(a, b)| a.raw != b.raw || moved(a, b))
}

fn moved(a: &Code, b: &Code) -> bool {
    let pairs = a
        .corners
        .as_flattened()
        .iter()
        .zip(b.corners.as_flattened());
    pairs.into_iter().any(|(p, q)| (p - q).abs() >= STILL)
}
