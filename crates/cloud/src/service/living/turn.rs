//! Whose turn it is to speak for a device. A connection whose place a newer one wants falls silent, with all that it said
//! durable: once the newer one has the place, that would count as said by nobody. It goes on where nothing comes of that.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Clock;

/// How long a newer connection waits for the older one of its device. One that cannot be waited for loses the rest.
const GIVES_WAY: Duration = Duration::from_secs(1);

/// The turn of one connection.
#[derive(Default)]
pub struct Turn {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Clone, Copy, Default)]
struct State {
    /// Newer connections that want its place.
    wanted: usize,
    /// All that it said is durable, and it says nothing for now.
    is_silent: bool,
    /// A newer one has its place.
    is_over: bool,
}

/// That a newer connection wants the place, until this is dropped.
pub struct Wish<'a>(&'a Turn);

impl Drop for Wish<'_> {
    fn drop(&mut self) {
        self.0.change(|state| state.wanted -= 1);
    }
}

impl Turn {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_waiters();
    }

    /// Waits until the state gives an answer.
    async fn until<T>(&self, mut answer: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // What changes from here on is heard of.
            changed.as_mut().enable();
            if let Some(answer) = answer(&mut self.state()) {
                return answer;
            }
            changed.await;
        }
    }

    /// A newer connection wants the place, and waits until this one is silent.
    pub(super) async fn wish(&self, clock: &dyn Clock) -> Wish<'_> {
        self.change(|state| state.wanted += 1);
        let wish = Wish(self);
        tokio::select! {
            () = self.until(|state| state.is_silent.then_some(())) => {}
            () = clock.pass(GIVES_WAY) => {}
        }
        wish
    }

    /// A newer connection has the place.
    pub(super) fn end(&self) {
        self.change(|state| state.is_over = true);
    }

    /// Whether a newer connection has the place.
    pub(super) fn is_over(&self) -> bool {
        self.state().is_over
    }

    /// All that was said is durable, and nothing more is said.
    pub(super) fn fall_silent(&self) {
        self.change(|state| state.is_silent = true);
    }

    /// Waits until a newer connection wants the place, or has it. It may be dropped while it waits.
    pub async fn is_wanted(&self) {
        self.until(|state| (state.wanted > 0 || state.is_over).then_some(()))
            .await;
    }

    /// All that was said is durable, and nothing is said until this tells whether the place was kept.
    pub async fn is_kept(&self) -> bool {
        self.fall_silent();
        self.until(|state| {
            if state.is_over {
                return Some(false);
            }
            // Whoever wants the place from here on waits anew.
            let is_kept = state.wanted == 0;
            state.is_silent = !is_kept;
            is_kept.then_some(true)
        })
        .await
    }

    /// Whether a newer connection wants the place now.
    #[cfg(test)]
    pub fn is_wanted_now(&self) -> bool {
        self.state().wanted > 0
    }
}
