//! What the threads of a live camera share: one place for the newest preview, one for the newest frame to read.

use std::mem::{self, discriminant};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{CameraError, Preview, Wish};

/// A grey frame that waits to be read.
pub(super) struct Unread {
    pub grey: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// Width and height of the preview that shows this frame.
    pub shown: (u32, u32),
    /// Which run of frames between two troubles this belongs to.
    pub run: u64,
}

/// What becomes of a wish.
type Granted = Result<(), CameraError>;

/// A wish that the capturing thread has not come to yet.
struct Asked {
    wish: Wish,
    answer: Sender<Granted>,
}

/// What the decoding thread is to do next.
pub(super) enum Next {
    Read(Unread),
    /// No frame came for as long as was asked.
    Silence,
    Stop,
}

#[derive(Default)]
struct State {
    preview: Option<Arc<Preview>>,
    unread: Option<Unread>,
    /// At most one of each kind.
    wishes: Vec<Asked>,
    sequence: u64,
    run: u64,
    stopped: bool,
    threads: usize,
}

#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change below is complete when the lock is let go, whatever the thread does then.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `done` or for `wait`.
    fn wait_until(
        &self,
        wait: Duration,
        mut done: impl FnMut(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        self.changed
            .wait_timeout_while(self.lock(), wait, |state| !done(state))
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// Puts a frame in place of the one before. `shown` is its preview, numbered here.
    pub(super) fn post(&self, mut shown: Preview, mut unread: Unread) {
        let mut state = self.lock();
        state.sequence += 1;
        shown.sequence = state.sequence;
        unread.run = state.run;
        state.preview = Some(Arc::new(shown));
        state.unread = Some(unread);
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn preview_after(&self, sequence: u64, wait: Duration) -> Option<Arc<Preview>> {
        let newer = |state: &State| {
            state
                .preview
                .clone()
                .filter(|preview| preview.sequence > sequence)
        };
        newer(&self.wait_until(wait, |state| state.stopped || newer(state).is_some()))
    }

    /// Takes the newest frame, waiting for it up to `silence`.
    pub(super) fn take_unread(&self, silence: Duration) -> Next {
        let mut state = self.wait_until(silence, |state| state.stopped || state.unread.is_some());
        match state.unread.take() {
            _ if state.stopped => Next::Stop,
            Some(unread) => Next::Read(unread),
            None => Next::Silence,
        }
    }

    /// Leaves a wish for the capturing thread. Nothing is heard where it has stopped.
    pub(super) fn ask(&self, wish: Wish) -> Receiver<Granted> {
        let (answer, heard) = mpsc::channel();
        let mut state = self.lock();
        if state.stopped {
            return heard;
        }
        let is_older = |asked: &mut Asked| discriminant(&asked.wish) == discriminant(&wish);
        for older in state.wishes.extract_if(.., is_older) {
            // Nobody may be waiting for it any more.
            let _ = older.answer.send(Ok(()));
        }
        state.wishes.push(Asked { wish, answer });
        heard
    }

    /// Answers what was wished since this was called last.
    pub(super) fn answer_wishes(&self, mut obey: impl FnMut(Wish) -> Granted) {
        let wishes = mem::take(&mut self.lock().wishes);
        for Asked { wish, answer } in wishes {
            let _ = answer.send(obey(wish));
        }
    }

    /// Begins a new run of frames; what was seen in the one before no longer counts.
    pub(super) fn begin_run(&self) {
        let mut state = self.lock();
        state.run += 1;
        state.unread = None;
    }

    pub(super) fn is_current(&self, run: u64) -> bool {
        self.lock().run == run
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    pub(super) fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        state.wishes.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// Waits for `pause`, or shorter when stopped.
    pub(super) fn pause(&self, pause: Duration) {
        drop(self.wait_until(pause, |state| state.stopped));
    }

    /// Counts a thread until the guard is dropped.
    pub(super) fn count_thread(self: &Arc<Self>) -> ThreadCount {
        self.lock().threads += 1;
        ThreadCount(Arc::clone(self))
    }

    /// Whether all threads ended within `wait`.
    pub(super) fn wait_for_threads(&self, wait: Duration) -> bool {
        self.wait_until(wait, |state| state.threads == 0).threads == 0
    }
}

pub(super) struct ThreadCount(Arc<Shared>);

impl Drop for ThreadCount {
    fn drop(&mut self) {
        self.0.lock().threads -= 1;
        self.0.changed.notify_all();
    }
}
