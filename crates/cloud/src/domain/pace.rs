//! How much of what devices say is written down in one change, so that all of it becomes durable in time, however fast the
//! disk is. One that becomes slower is known after the change that shows it; what was taken until then may take longer.

use std::time::Duration;

/// What a change may take: one that is under way and the next one together stay below that, with something left.
const CHANGE: Duration = Duration::from_millis(40);
/// A full change that took less than this may be followed by a larger one.
const SHORT: Duration = Duration::from_millis(25);
/// Messages of a change in any case. A disk that does not do so many in half of the time does not keep up.
const LEAST: usize = 16;
/// And at most: what is not durable is in memory.
const MOST: usize = 8_192;
/// Before anything is known.
const FIRST: usize = 256;

/// Messages that go into one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(usize);

impl Default for Pace {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Pace {
    /// Messages of the next change at most. No more than these are taken while another one is under way.
    pub fn of_a_change(self) -> usize {
        self.0
    }

    /// A change of so many messages took so long.
    pub fn learn(&mut self, messages: usize, took: Duration) {
        if took > CHANGE {
            // As many of these as fit; a change that was slow for another reason is followed by larger ones soon.
            let fit = messages as f64 * CHANGE.as_secs_f64() / took.as_secs_f64();
            self.0 = (fit as usize).clamp(LEAST, self.0.max(LEAST));
        } else if took < SHORT && messages >= self.0 {
            self.0 = (self.0 + self.0 / 2).min(MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    /// Time after which everything that was taken is durable, on a disk that keeps up.
    const DURABLE: Duration = Duration::from_millis(100);

    /// A disk whose changes take so long, whatever is in them, and so much longer for each message; in microseconds.
    #[derive(Clone, Copy, Debug)]
    struct Disk {
        change: u64,
        message: u64,
    }

    impl Disk {
        fn takes(self, messages: usize) -> Duration {
            Duration::from_micros(self.change + self.message * messages as u64)
        }

        /// The pace once this disk is known.
        fn known(self) -> Pace {
            let mut pace = Pace::default();
            for _ in 0..50 {
                let messages = pace.of_a_change();
                pace.learn(messages, self.takes(messages));
            }
            pace
        }
    }

    /// The writer of `service/living/saying.rs` in a time of its own: it steps from the end of one change to the end of the
    /// next. Between them come as many messages as are offered and taken. Gives how long each took to become durable.
    fn run(disk: Disk, offered: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        let mut pace = disk.known();
        let (mut now, mut waits, mut took) = (Duration::ZERO, VecDeque::new(), Vec::new());
        for each_millisecond in offered {
            let messages = waits.len().min(pace.of_a_change());
            let change = disk.takes(messages);
            let (began, end) = (now, now + change);
            took.extend(waits.drain(..messages).map(|since| end - since));
            // While that is written, others come, as many as there is room for beside those that are being written.
            let mut at = began;
            while at < end {
                for _ in 0..each_millisecond {
                    if waits.len() < pace.of_a_change() {
                        waits.push_back(at);
                    }
                }
                at += Duration::from_millis(1);
            }
            pace.learn(messages, change);
            now = end;
        }
        took
    }

    proptest! {
        #[test]
        fn all_is_durable_within_a_tenth_of_a_second(
            change in 50_u64..20_000,
            message in 1_u64..1_000,
            offered in prop::collection::vec(0_u64..200, 1..300),
        ) {
            let disk = Disk { change, message };
            let took = run(disk, offered);
            let longest = took.iter().max().copied().unwrap_or_default();
            prop_assert!(longest <= DURABLE, "{longest:?}");
        }
    }

    #[test]
    fn a_fast_disk_gets_large_changes_and_a_slow_one_small_ones() {
        let check = |change, message, want: std::ops::RangeInclusive<usize>| {
            let pace = Disk { change, message }.known();
            assert!(want.contains(&pace.of_a_change()), "{pace:?}");
        };
        check(100, 1, MOST..=MOST);
        check(1_000, 30, 800..=1_300);
        check(10_000, 1_000, 16..=30);
        check(60_000, 1_000, LEAST..=LEAST);
        // A change that is not full says nothing about a larger one.
        let mut pace = Pace::default();
        pace.learn(10, Duration::from_millis(1));
        assert_eq!(pace, Pace::default());
    }
}
