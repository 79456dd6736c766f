//! What was heard already: bounded in number and age.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::Moment;
use crate::frame::Frame;

/// Names an attempt of a frame, by all that a relay keeps. By more than sender, number and attempt: a relay that alters the
/// rest makes another frame of it, and does not have the right one taken for an echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(u64);

/// How a frame was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// For the first time.
    First,
    /// Again, and it may still go farther than before.
    Farther,
    /// Again.
    Echo,
}

pub(crate) struct Seen {
    most: usize,
    age: Duration,
    left: BTreeMap<Name, u8>,
    order: VecDeque<(Moment, Name)>,
    // Keyed at random: nobody can make two frames that share a name.
    hasher: RandomState,
}

impl Seen {
    pub fn new(most: usize, age: Duration) -> Self {
        Self {
            most: most.max(1),
            age,
            left: BTreeMap::new(),
            order: VecDeque::new(),
            hasher: RandomState::new(),
        }
    }

    pub fn name(&self, frame: &Frame<'_>) -> Name {
        Name(self.hasher.hash_one((frame.authentic(), frame.attempt)))
    }

    pub fn note(&mut self, name: Name, left: u8, now: Moment) -> Sight {
        self.forget(now);
        if let Some(before) = self.left.get_mut(&name) {
            if left <= *before {
                return Sight::Echo;
            }
            *before = left;
            return Sight::Farther;
        }
        if self.order.len() >= self.most {
            self.forget_oldest();
        }
        self.left.insert(name, left);
        self.order.push_back((now, name));
        Sight::First
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    fn forget(&mut self, now: Moment) {
        while let Some((since, _)) = self.order.front()
            && now.saturating_sub(*since) >= self.age
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, name)) = self.order.pop_front() {
            self.left.remove(&name);
        }
    }
}
