//! What is made of several readings of one datastream: aggregates, and filters of what goes up.

use serde::{Deserialize, Serialize};

use super::reading::Reading;

/// Milliseconds for which a window that is over still waits for what comes late.
const GRACE: i64 = 2_000;

/// What becomes of the readings of one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aggregate {
    /// All together, by how many they are.
    Mean,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The last.
    Last,
    /// All together.
    Sum,
    /// How many they are.
    Count,
}

/// How long a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// So many seconds; the first one of 1970 began at 0.
    Seconds(u32),
    /// So many messages.
    Messages(u32),
}

/// What is made of a datastream's readings before they go up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Refine {
    /// One of several.
    pub aggregate: Option<(Aggregate, Span)>,
    /// It differs by so much from the last one that went up.
    pub min_change: Option<f64>,
    /// It is so many milliseconds after the last one that went up.
    pub every: Option<i64>,
}

/// What is remembered of a node's datastream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// What went up last, and when it was measured.
    sent: Option<(i64, Reading)>,
    window: Option<Window>,
}

/// Readings that are not yet one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Window {
    /// What it was begun with, so that it ends like that whatever the configuration says meanwhile.
    refine: Refine,
    /// When it ends, of those that end by time.
    until: Option<i64>,
    count: u32,
    sum: f64,
    min: f64,
    max: f64,
    last: Reading,
    /// When the latest was measured.
    at: i64,
    /// When something last came.
    touched: i64,
}

/// A reading that goes up, and when it was measured.
pub type Due = (i64, Reading);

impl Refine {
    /// Whether something has to be remembered.
    pub fn remembers(&self) -> bool {
        *self != Self::default()
    }

    /// Takes a reading that was measured at `at` and came `now`. What goes up because of it: nothing, what was gathered
    /// before, itself, or both.
    pub fn take(&self, memory: &mut Memory, (at, now): (i64, i64), reading: Reading) -> Vec<Due> {
        let Some((aggregate, span)) = self.aggregate else {
            return self.pass(memory, (at, reading)).into_iter().collect();
        };
        let mut due = Vec::new();
        // Of texts there is no mean.
        let number = reading.as_number();
        if number.is_none() && !matches!(aggregate, Aggregate::Last | Aggregate::Count) {
            return due;
        }
        let until = match span {
            Span::Seconds(seconds) => {
                let length = i64::from(seconds) * 1_000;
                Some((at.div_euclid(length) + 1).saturating_mul(length))
            }
            Span::Messages(_) => None,
        };
        // What comes late is put to those that are gathered now: it is not lost, and never opens an earlier window.
        let is_over = memory.window.as_ref().is_some_and(|window| {
            window.refine != *self || until.zip(window.until).is_some_and(|(new, old)| new > old)
        });
        if is_over {
            due.extend(memory.close());
        }
        let number = number.unwrap_or_default();
        let window = memory.window.get_or_insert_with(|| Window {
            refine: *self,
            until,
            count: 0,
            sum: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            last: reading.clone(),
            at,
            touched: now,
        });
        window.count = window.count.saturating_add(1);
        window.sum += number;
        window.min = window.min.min(number);
        window.max = window.max.max(number);
        if at >= window.at {
            (window.at, window.last) = (at, reading);
        }
        window.touched = now;
        if matches!(span, Span::Messages(most) if window.count >= most) {
            due.extend(memory.close());
        }
        due
    }

    /// Whether a reading goes up, by what went up before.
    fn pass(&self, memory: &mut Memory, due: Due) -> Option<Due> {
        if let Some((at, before)) = &memory.sent {
            if self
                .every
                .is_some_and(|every| due.0.saturating_sub(*at) < every)
            {
                return None;
            }
            let is_same = self.min_change.is_some_and(|least| {
                match (due.1.as_number(), before.as_number()) {
                    (Some(now), Some(before)) => (now - before).abs() < least,
                    _ => due.1 == *before,
                }
            });
            if is_same {
                return None;
            }
        }
        if self.every.is_some() || self.min_change.is_some() {
            memory.sent = Some(due.clone());
        }
        Some(due)
    }
}

impl Memory {
    /// Whether a window ends by itself by now.
    pub fn is_due(&self, now: i64) -> bool {
        let window = self.window.as_ref();
        window.is_some_and(|window| {
            let is_over = window.until.is_some_and(|until| until <= now);
            is_over && window.touched.saturating_add(GRACE) <= now
        })
    }

    /// Ends the window, and gives what goes up because of it.
    pub fn close(&mut self) -> Option<Due> {
        let window = self.window.take()?;
        let (aggregate, _) = window.refine.aggregate?;
        let reading = match aggregate {
            Aggregate::Mean => Reading::computed(window.sum / f64::from(window.count))?,
            Aggregate::Sum => Reading::computed(window.sum)?,
            Aggregate::Min => Reading::number(window.min)?,
            Aggregate::Max => Reading::number(window.max)?,
            Aggregate::Count => Reading::number(window.count.into())?,
            Aggregate::Last => window.last,
        };
        window.refine.pass(self, (window.at, reading))
    }
}
