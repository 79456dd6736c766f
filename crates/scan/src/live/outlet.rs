//! The one place where events leave: says everything once, and in an order that makes sense.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::shared::Shared;
use super::{Abilities, CameraError, LiveEvent, Seen};
use crate::places::distance;
use crate::{Candidate, Code};

type Corners = [[f32; 2]; 4];
type Handler = Box<dyn FnMut(LiveEvent) + Send>;

/// Corners that move less than this, in pixels of the preview, have not moved.
const STILL: f32 = 0.5;

/// The same for what was not read yet, as a part of its diagonal: where it ends is known less exactly.
const STILL_UNREAD: f32 = 0.04;

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
    seen: Seen,
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
                seen: Seen::default(),
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

    /// A frame came. What the camera can do is asked for where that is news.
    pub(super) fn frame(&self, abilities: impl FnOnce() -> Abilities) {
        if self.is_live() {
            return;
        }
        let abilities = abilities();
        let mut said = self.lock();
        self.live.store(true, Ordering::Release);
        said.trouble = None;
        said.was_live = true;
        self.send(&mut said, LiveEvent::Live(abilities));
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
        self.lose_sight(&mut said);
        if said.trouble.as_ref() != Some(&cause) {
            tracing::info!(code = cause.code(), "no frames from the camera");
            said.trouble = Some(cause.clone());
            self.send(&mut said, LiveEvent::Trouble(cause));
        }
    }

    fn lose_sight(&self, said: &mut Said) {
        let Seen { width, height, .. } = said.seen;
        let nothing = Seen {
            width,
            height,
            ..Seen::default()
        };
        if differ(&said.seen, &nothing) {
            self.say_seen(said, nothing);
        }
    }

    /// A frame of `run` shows this.
    pub(super) fn seen(&self, run: u64, mut seen: Seen) {
        seen.codes.sort_by(by_content_and_place);
        let mut said = self.lock();
        if self.shared.is_current(run) && differ(&said.seen, &seen) {
            self.say_seen(&mut said, seen);
        }
    }

    fn say_seen(&self, said: &mut Said, seen: Seen) {
        said.seen = seen.clone();
        self.send(said, LiveEvent::Seen(seen));
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

/// Whether something else is in view. In an empty view the preview's size is no news.
fn differ(before: &Seen, now: &Seen) -> bool {
    let is_empty = now.codes.is_empty() && now.candidates.is_empty();
    let was_resized = (before.width, before.height) != (now.width, now.height);
    was_resized && !is_empty
        || before.hint != now.hint
        || lists_differ(&before.codes, &now.codes, codes_differ)
        || lists_differ(&before.candidates, &now.candidates, candidates_differ)
}

fn lists_differ<T>(before: &[T], now: &[T], differ: impl Fn(&T, &T) -> bool) -> bool {
    before.len() != now.len() || before.iter().zip(now).any(|(a, b)| differ(a, b))
}

fn codes_differ(a: &Code, b: &Code) -> bool {
    a.raw != b.raw || moved(&a.corners, &b.corners, STILL)
}

fn candidates_differ(a: &Candidate, b: &Candidate) -> bool {
    let size = distance(a.corners[0], a.corners[2]);
    a.hint != b.hint || moved(&a.corners, &b.corners, STILL_UNREAD * size)
}

fn moved(a: &Corners, b: &Corners, most: f32) -> bool {
    let mut pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.any(|(p, q)| (p - q).abs() >= most)
}
