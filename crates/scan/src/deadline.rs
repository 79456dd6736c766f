//! How long a search may go on.

use std::fmt;
use std::sync::Arc;

use cpu_time::ThreadTime;

/// Milliseconds since some moment, never fewer than before.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Clock {
    /// The processor time of the thread that asks.
    pub(crate) fn of_thread() -> Self {
        Self::new(|| ThreadTime::now().as_duration().as_secs_f64() * 1000.0)
    }

    /// A clock that shows what this says.
    pub(crate) fn new(now: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What it shows.
    pub(crate) fn now(&self) -> f64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A moment at which a search should stop, asked for between its steps.
pub(crate) struct Deadline(Option<(Clock, f64)>);

impl Deadline {
    /// No such moment: the search goes on until all is done.
    pub(crate) const NEVER: Self = Self(None);

    /// When the clock shows this.
    pub(crate) fn at(clock: &Clock, end: f64) -> Self {
        Self(Some((clock.clone(), end)))
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|(clock, end)| clock.now() >= *end)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_deadline_is_over_when_the_clock_says_so() {
        let ticks = Arc::new(AtomicU32::new(0));
        let clock = Clock::new({
            let ticks = Arc::clone(&ticks);
            move || f64::from(ticks.load(Ordering::Relaxed))
        });
        let deadline = Deadline::at(&clock, 2.0);
        let check = |tick, expected| {
            ticks.store(tick, Ordering::Relaxed);
            assert_eq!(deadline.is_over(), expected, "{tick}");
        };
        check(1, false);
        check(2, true);
        check(3, true);
        assert!(!Deadline::NEVER.is_over());
    }
}
