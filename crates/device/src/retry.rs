//! When a message is sent again.

use std::time::Duration;

use crate::Moment;
use crate::dice::Dice;

/// How long somebody waits for an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Before the second attempt, about; it doubles with each. Longer than a frame and its answer take over the longest way.
    pub first: Duration,
    /// It grows no longer than this.
    pub most: Duration,
    /// After so long without an acknowledgement it is given up. Counted anew after a restart.
    pub patience: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(3),
            most: Duration::from_secs(60),
            patience: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// A message that is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    tries: u32,
    pub due: Moment,
    since: Moment,
}

impl Flight {
    pub fn new(now: Moment) -> Self {
        Self {
            tries: 0,
            due: now,
            since: now,
        }
    }

    /// Counts an attempt: gives its number, and sets when the next one is due.
    pub fn attempt(&mut self, retry: &Retry, now: Moment, dice: &mut Dice) -> u8 {
        let attempt = self.tries;
        let doubled = retry.first * (1 << attempt.min(12));
        let wait = doubled.min(retry.most);
        self.due = now + dice.between(wait.mul_f64(0.75), wait.mul_f64(1.25));
        self.tries = self.tries.wrapping_add(1);
        // Comes round after 256 attempts. By then nobody remembers the first.
        attempt.to_be_bytes()[3]
    }

    pub fn is_hopeless(&self, retry: &Retry, now: Moment) -> bool {
        now.saturating_sub(self.since) >= retry.patience
    }
}
