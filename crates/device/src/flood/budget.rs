//! How often somebody may: so many at once, and then one in so long.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Moment;

/// How much is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many at once.
    pub burst: u32,
    /// And then one in so long.
    pub each: Duration,
}

/// Counts for each of many, and forgets those that have been quiet. Bounded: of too many those are forgotten who used least.
pub(crate) struct Budget<K> {
    rate: Rate,
    most: usize,
    // When what was let through is paid off. Nobody who owes nothing is kept longer than it takes to need the room.
    paid: BTreeMap<K, Moment>,
}

impl<K: Ord + Copy> Budget<K> {
    pub fn new(rate: Rate, most: usize) -> Self {
        Self {
            rate,
            most: most.max(1),
            paid: BTreeMap::new(),
        }
    }

    /// Whether it may once more; if so, it counts.
    pub fn take(&mut self, who: K, now: Moment) -> bool {
        let paid = self.paid.get(&who).copied().unwrap_or(now).max(now);
        let next = paid + self.rate.each;
        if next > now + self.rate.each * self.rate.burst {
            return false;
        }
        if !self.paid.contains_key(&who) && self.paid.len() >= self.most {
            self.make_room(now);
        }
        self.paid.insert(who, next);
        true
    }

    pub fn len(&self) -> usize {
        self.paid.len()
    }

    fn make_room(&mut self, now: Moment) {
        self.paid.retain(|_, paid| *paid > now);
        if self.paid.len() >= self.most
            && let Some((&least, _)) = self.paid.iter().min_by_key(|(_, paid)| **paid)
        {
            self.paid.remove(&least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        each: Duration::from_secs(2),
    };

    #[test]
    fn a_burst_and_then_one_in_so_long() {
        let mut budget = Budget::new(RATE, 8);
        let rows = [
            (0, true),
            (0, true),
            (0, true),
            (0, false),
            (1, false),
            (2, true),
            (3, false),
            (4, true),
            (60, true),
            (60, true),
            (60, true),
            (60, false),
        ];
        for (second, allowed) in rows {
            let now = Duration::from_secs(second);
            assert_eq!(budget.take('a', now), allowed, "{second}");
        }
        assert!(budget.take('b', Duration::from_secs(60)), "by itself");
    }

    #[test]
    fn whoever_used_most_is_remembered_longest() {
        let mut budget = Budget::new(RATE, 4);
        let now = Duration::from_secs(1);
        for _ in 0..3 {
            assert!(budget.take(0, now));
        }
        for other in 1..1000 {
            assert!(budget.take(other, now));
            assert!(budget.len() <= 4);
        }
        assert!(!budget.take(0, now), "it is not forgotten for the others");
    }
}
