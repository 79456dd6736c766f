//! Points that are sent again because nobody answered count once.
//!
//! Whoever was not answered does not know whether its points are there, and sends them again: perhaps together with more, or in
//! parts. So each point is told apart by its time and value, and is known where it came with the request before, or with those
//! that this one repeated. A request that repeats nothing says that the one before was answered, and that is forgotten.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

/// Points that are remembered of one datastream: as many as one request has at the most.
const MOST: usize = 10_000;
/// Bytes of what stands for one of them.
const MARK: usize = 8;

/// What stands for a point.
type Mark = [u8; MARK];

/// The points of a datastream that came last.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LastPoints(BTreeSet<Mark>);

impl LastPoints {
    /// As they were written down.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        Self(bytes.as_chunks::<MARK>().0.iter().copied().collect())
    }

    /// As they are written down.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flatten().copied().collect()
    }

    /// Takes the points of one request, each with its time, and says of each whether it is new. Two of one request that are the
    /// same are two.
    pub fn take<'a>(&mut self, points: impl Iterator<Item = (i64, &'a str)>) -> Vec<bool> {
        let marks: Vec<Mark> = points.map(|(at, value)| mark(at, value)).collect();
        let are_new: Vec<bool> = marks.iter().map(|mark| !self.0.contains(mark)).collect();
        let repeats = marks.is_empty() || are_new.iter().any(|is_new| !is_new);
        if !repeats || self.0.len() + marks.len() > MOST {
            self.0.clear();
        }
        self.0.extend(marks);
        are_new
    }
}

fn mark(at: i64, value: &str) -> Mark {
    let mut digest = Sha256::new();
    digest.update(at.to_be_bytes());
    digest.update(value.as_bytes());
    let mut mark = Mark::default();
    for (to, from) in mark.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(last: &mut LastPoints, points: &[(i64, &str)]) -> Vec<bool> {
        // As what is read back of what was written down.
        *last = LastPoints::read(&last.bytes());
        last.take(points.iter().copied())
    }

    #[test]
    fn what_is_sent_again_is_known_also_in_parts_and_with_more() {
        let mut last = LastPoints::default();
        let (a, b, c, d) = ((1, "5"), (2, "5"), (3, "7"), (4, "7"));
        assert_eq!(take(&mut last, &[a, b]), [true, true]);
        assert!(take(&mut last, &[]).is_empty(), "it says nothing");
        assert_eq!(take(&mut last, &[a, b, c]), [false, false, true]);
        assert_eq!(take(&mut last, &[a]), [false]);
        assert_eq!(take(&mut last, &[b, c, d]), [false, false, true]);
        assert_eq!(take(&mut last, &[(4, "8")]), [true], "another value");
        assert_eq!(take(&mut last, &[d]), [true], "the one before was answered");
    }

    #[test]
    fn two_of_one_request_are_two_and_no_more_is_remembered_than_fits() {
        let mut last = LastPoints::default();
        assert_eq!(take(&mut last, &[(1, "5"), (1, "5")]), [true, true]);
        let many: Vec<_> = (0..9_999).map(|at| (at, "5")).collect();
        let taken = take(&mut last, &many);
        assert_eq!(taken.iter().filter(|is_new| !**is_new).count(), 1);
        take(&mut last, &[(9_998, "5"), (20_000, "5"), (20_001, "5")]);
        assert!(last.bytes().len() <= MARK * MOST);
        assert_eq!(take(&mut last, &[(20_001, "5")]), [false]);
    }
}
