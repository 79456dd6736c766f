//! How often something may happen: some at once, then one in a while (the generic cell rate algorithm).

use crate::clock::Time;

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many may happen at once.
    pub at_once: i64,
    /// Seconds after which one more may.
    pub every: i64,
}

/// It happened too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too often: wait {seconds} seconds")]
pub struct TooOften {
    /// Seconds until it may happen again; at least one.
    pub seconds: i64,
}

impl Limit {
    /// Notes that it happens once more. `free_at` is when all of what happened is forgotten, none where nothing did;
    /// what comes back is that time from now on.
    pub fn take(self, free_at: Option<Time>, now: Time) -> Result<Time, TooOften> {
        let free_at = free_at.filter(|&at| at > now).unwrap_or(now);
        let next = free_at.plus_seconds(self.every);
        let latest = now.plus_seconds(self.every * self.at_once);
        if next <= latest {
            Ok(next)
        } else {
            let wait = next.0 - latest.0;
            Err(TooOften {
                seconds: wait.div_euclid(1_000) + i64::from(wait % 1_000 != 0),
            })
        }
    }

    /// How often it may happen at once now, and after how many seconds it may once more than that; none where it may as often
    /// as ever.
    pub fn left(self, free_at: Option<Time>, now: Time) -> (i64, i64) {
        let busy = free_at.map_or(0, |at| (at.0 - now.0).max(0));
        let every = self.every * 1_000;
        let (taken, rest) = ((busy + every - 1) / every, busy % every);
        let wait = match (busy, rest) {
            (0, _) => 0,
            (_, 0) => self.every,
            (_, rest) => (rest + 999) / 1_000,
        };
        ((self.at_once - taken).max(0), wait)
    }

    /// Takes one back: it did not count after all.
    pub fn give_back(self, free_at: Time) -> Time {
        free_at.plus_seconds(-self.every)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: Limit = Limit {
        at_once: 3,
        every: 10,
    };

    #[test]
    fn some_at_once_then_one_in_a_while() {
        let mut free_at = None;
        for (now, want) in [
            (0, Ok(())),
            (0, Ok(())),
            (500, Ok(())),
            (500, Err(10)),
            (5_000, Err(5)),
            (9_999, Err(1)),
            (10_000, Ok(())),
            (10_000, Err(10)),
            (60_000, Ok(())),
            (60_000, Ok(())),
            (60_000, Ok(())),
            (60_000, Err(10)),
        ] {
            let taken = LIMIT.take(free_at, Time(now));
            let outcome = taken.map(|_| ()).map_err(|error| error.seconds);
            assert_eq!(outcome, want, "at {now}");
            free_at = taken.ok().or(free_at);
        }
    }

    #[test]
    fn what_is_left_is_told() {
        for (free_at, want) in [
            (None, (3, 0)),
            (Some(-5), (3, 0)),
            (Some(10_000), (2, 10)),
            (Some(9_500), (2, 10)),
            (Some(20_500), (0, 1)),
            (Some(30_000), (0, 10)),
            (Some(99_000), (0, 9)),
        ] {
            assert_eq!(LIMIT.left(free_at.map(Time), Time(0)), want, "{free_at:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_can_be_taken(free_at in 0..40_000_i64) {
            let (left, wait) = LIMIT.left(Some(Time(free_at)), Time(0));
            let mut at = Some(Time(free_at));
            for _ in 0..left {
                at = Some(LIMIT.take(at, Time(0)).expect("it was left"));
            }
            prop_assert!(LIMIT.take(at, Time(0)).is_err());
            if wait > 0 && free_at <= 30_000 {
                prop_assert!(LIMIT.take(at, Time(wait * 1_000)).is_ok());
            }
        }

        #[test]
        fn whoever_waits_as_told_is_let_in(pauses in prop::collection::vec(0..30_000_i64, 1..40)) {
            let (mut now, mut free_at) = (0, None);
            for pause in pauses {
                now += pause;
                match LIMIT.take(free_at, Time(now)) {
                    Ok(next) => free_at = Some(next),
                    Err(TooOften { seconds }) => {
                        prop_assert!(seconds >= 1);
                        now += seconds * 1_000;
                        free_at = Some(LIMIT.take(free_at, Time(now)).expect("let in"));
                    }
                }
            }
        }

        #[test]
        fn what_is_given_back_never_happened(before in 0..3_i64) {
            let mut free_at = None;
            for _ in 0..before {
                free_at = LIMIT.take(free_at, Time(0)).ok();
            }
            let taken = LIMIT.take(free_at, Time(0)).expect("there is room");
            prop_assert_eq!(LIMIT.give_back(taken), free_at.unwrap_or(Time(0)));
        }
    }
}
