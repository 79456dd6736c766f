//! How long a search may go on.

use std::fmt;
use std::sync::Arc;

use cpu_time::ThreadTime;

use crate::effort::Effort;

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

/// How many frames of a camera something waits that does not fit into any, if it takes so many quick looks: all that waits
/// so takes half as long as the quick looks do, on any machine, but is never forgotten.
pub(crate) fn patience(looks: f64) -> usize {
    const LEAST: f64 = 30.0;
    const MOST: f64 = 120.0;
    // A machine's clock may show that a look takes no time.
    (2.0 * looks).max(LEAST).min(MOST) as usize
}

/// When a search should stop, asked for between its steps: at a moment, or when it has done so much work.
pub(crate) struct Deadline {
    moment: Option<(Clock, f64)>,
    effort: Effort,
}

impl Deadline {
    /// When the clock shows this, or so much work is done.
    pub(crate) fn at(clock: &Clock, end: f64, effort: Effort) -> Self {
        Self {
            moment: Some((clock.clone(), end)),
            effort,
        }
    }

    /// When so much work is done.
    pub(crate) fn after(effort: Effort) -> Self {
        Self {
            moment: None,
            effort,
        }
    }

    /// The work that is left.
    pub(crate) fn effort(&self) -> &Effort {
        &self.effort
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        let is_late = |(clock, end): &(Clock, f64)| clock.now() >= *end;
        self.effort.is_spent() || self.moment.as_ref().is_some_and(is_late)
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
        let deadline = Deadline::at(&clock, 2.0, Effort::of_pixels(1));
        let check = |tick, expected| {
            ticks.store(tick, Ordering::Relaxed);
            assert_eq!(deadline.is_over(), expected, "{tick}");
        };
        check(1, false);
        check(2, true);
        check(3, true);
    }
}
