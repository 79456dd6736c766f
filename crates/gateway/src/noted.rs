//! What was said in the log already.

use std::collections::{BTreeMap, HashSet};

/// Reasons that are remembered at the most. Sources are strangers' words.
const MOST: usize = 4_096;

/// Whom something was said of, and what.
#[derive(Debug, Default)]
pub struct Noted {
    said: HashSet<(String, String)>,
    is_full: bool,
}

impl Noted {
    /// Whether it was not said yet; now it is. Once as much was said as is remembered, that is said, and nothing more: who
    /// sends under ever new names fills no disk.
    pub fn is_new(&mut self, whom: &str, what: &str) -> bool {
        if self.said.len() < MOST {
            return self.said.insert((whom.to_owned(), what.to_owned()));
        }
        let known = self.said.contains(&(whom.to_owned(), what.to_owned()));
        if !known && !std::mem::replace(&mut self.is_full, true) {
            tracing::warn!(
                "more than {MOST} such lines were written: no more are until it starts again"
            );
        }
        false
    }
}

/// Reasons that are counted each by itself; what more there are is counted together.
const MOST_REASONS: usize = 32;
/// What those are called.
const OTHERS: &str = "other reasons";

/// What the cloud did not take, and why. The log says each node's reason once and at once; and how much it is, by reason, now and
/// then.
#[derive(Debug, Default)]
pub struct Dropped {
    noted: Noted,
    /// Values by reason: those of which the log has not said so far that they were counted, and all since the start.
    counted: BTreeMap<String, Count>,
}

/// How much was dropped for one reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Since this was told last.
    pub new: u64,
    /// Since the start.
    pub all: u64,
}

impl Dropped {
    /// So many things of a node were not taken. True where the log has not said that of the node.
    pub fn note(&mut self, whom: &str, why: &str, values: usize) -> bool {
        let is_known = self.counted.contains_key(why);
        let reason = match is_known || self.counted.len() < MOST_REASONS {
            true => why,
            false => OTHERS,
        };
        let count = self.counted.entry(reason.to_owned()).or_default();
        let values = u64::try_from(values).unwrap_or(u64::MAX);
        count.new = count.new.saturating_add(values);
        count.all = count.all.saturating_add(values);
        self.noted.is_new(whom, why)
    }

    /// What was counted and not told yet, by reason; from now on it is told.
    pub fn due(&mut self) -> Vec<(String, Count)> {
        let due = self.counted.iter_mut().filter(|(_, count)| count.new > 0);
        due.map(|(why, count)| {
            let told = *count;
            count.new = 0;
            (why.clone(), told)
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_the_cloud_refuses_is_counted_by_reason_though_the_log_says_it_of_a_node_once() {
        let mut dropped = Dropped::default();
        assert!(dropped.note("1", "too old", 2));
        assert!(!dropped.note("1", "too old", 3), "it was said of that node");
        assert!(dropped.note("2", "too old", 1));
        assert!(dropped.note("1", "wrong value", 1));
        let count = |new, all| Count { new, all };
        let due = [("too old", count(6, 6)), ("wrong value", count(1, 1))];
        assert_eq!(
            dropped.due(),
            due.map(|(why, count)| (why.to_owned(), count))
        );
        assert_eq!(dropped.due(), [], "nothing more since then");
        dropped.note("1", "too old", 4);
        assert_eq!(dropped.due(), [("too old".to_owned(), count(4, 10))]);
        for number in 0..3 * MOST_REASONS {
            dropped.note("3", &format!("reason {number}"), 1);
        }
        let due = dropped.due();
        assert!(due.len() <= MOST_REASONS + 1, "{due:?}");
        let all: u64 = due.iter().map(|(_, count)| count.new).sum();
        assert_eq!(all, 3 * MOST_REASONS as u64, "none is lost");
    }

    #[test]
    fn ever_new_names_fill_no_log() {
        let mut noted = Noted::default();
        let said = (0..3 * MOST).filter(|name| noted.is_new(&name.to_string(), "unknown"));
        assert_eq!(said.count(), MOST);
        assert!(!noted.is_new("0", "unknown"), "it was said");
    }
}
