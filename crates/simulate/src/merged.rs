//! Steps of several as one sequence.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::script::Step;

/// What several do, in the order of time.
pub struct Merged<S> {
    next: BinaryHeap<Reverse<(Duration, usize)>>,
    steps: Vec<(Option<Step>, S)>,
}

impl<S: Iterator<Item = Step>> Merged<S> {
    /// Of so many, who are told apart by their places.
    pub fn new(all: impl IntoIterator<Item = S>) -> Self {
        let mut merged = Self {
            next: BinaryHeap::new(),
            steps: all.into_iter().map(|steps| (None, steps)).collect(),
        };
        for who in 0..merged.steps.len() {
            merged.look(who);
        }
        merged
    }

    fn look(&mut self, who: usize) {
        let (next, steps) = &mut self.steps[who];
        *next = steps.next();
        if let Some(step) = next {
            self.next.push(Reverse((step.at, who)));
        }
    }
}

impl<S: Iterator<Item = Step>> Iterator for Merged<S> {
    type Item = (usize, Step);

    fn next(&mut self) -> Option<(usize, Step)> {
        let Reverse((_, who)) = self.next.pop()?;
        let step = self.steps[who].0.take()?;
        self.look(who);
        Some((who, step))
    }
}
