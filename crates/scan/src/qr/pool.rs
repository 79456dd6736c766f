//! All finder patterns that any look has found.
//!
//! Looks differ in what they see. A code is read when each of its three patterns was seen once, whichever way.

use std::collections::HashSet;

use super::group::{Triple, triples};
use super::ring::Finder;
use crate::places::{distance, is_inside};

/// More patterns than a carton of labels has; a hostile picture must not cost more.
const MAX_FINDERS: usize = 700;

/// A pattern is seen better where so much more of its edges fits.
const BETTER: f32 = 0.05;

/// What is seen as well is not measured once more. Rays to the corners fit no edge, so upright patterns have 0.88 at most.
const PERFECT: f32 = 0.84;

/// Finder patterns in pixels of the full picture.
#[derive(Default)]
pub(crate) struct Pool {
    finders: Vec<Finder>,
    /// Whether a pattern belongs to a code that has been read.
    used: Vec<bool>,
    tried: HashSet<[usize; 3]>,
}

impl Pool {
    /// The patterns that belong to no code that was read.
    pub(crate) fn left_over(&self) -> Vec<Finder> {
        let with_use = self.finders.iter().zip(&self.used);
        with_use
            .filter(|(_, used)| !**used)
            .map(|(finder, _)| *finder)
            .collect()
    }

    /// Adds a pattern. One that is known already is kept as it was seen best.
    pub(crate) fn add(&mut self, finder: Finder) {
        for (index, (known, used)) in self.finders.iter_mut().zip(&self.used).enumerate() {
            if is_one(known, &finder) {
                if finder.quality > known.quality + BETTER && !used {
                    *known = finder;
                    // What could not be read by what a small picture shows of a pattern may be read now.
                    self.tried.retain(|triple| !triple.contains(&index));
                }
                return;
            }
        }
        if self.finders.len() < MAX_FINDERS {
            self.finders.push(finder);
            self.used.push(false);
        } else if let Some(worst) = self.worst_free()
            && finder.quality > self.finders[worst].quality + BETTER
        {
            // Grain looks like many patterns, none of which fits well: it must not keep out those farther down.
            self.finders[worst] = finder;
            self.tried.retain(|triple| !triple.contains(&worst));
        }
    }

    /// The pattern that fits worst of those that are not used.
    fn worst_free(&self) -> Option<usize> {
        let free = (0..self.finders.len()).filter(|&index| !self.used[index]);
        free.min_by(|&a, &b| self.finders[a].quality.total_cmp(&self.finders[b].quality))
    }

    /// Whether the pattern at this place belongs to a code that has been read, or cannot be seen better than it was.
    pub(crate) fn knows_well(&self, place: [f32; 2]) -> bool {
        let mut known = self.finders.iter().zip(&self.used);
        known.any(|(finder, used)| {
            distance(finder.centre, place) < finder.module() && (*used || finder.quality >= PERFECT)
        })
    }

    /// The patterns.
    pub(crate) fn finders(&self) -> &[Finder] {
        &self.finders
    }

    /// How many patterns are not used.
    pub(crate) fn free(&self) -> usize {
        self.used.iter().filter(|used| !**used).count()
    }

    /// The likeliest triples of patterns that are not used, and that were not given before, best first.
    pub(crate) fn next_triples(&mut self, limit: usize) -> Vec<Triple> {
        let free: Vec<usize> = (0..self.finders.len())
            .filter(|&index| !self.used[index])
            .collect();
        if free.len() < 3 {
            return Vec::new();
        }
        let finders: Vec<Finder> = free.iter().map(|&index| self.finders[index]).collect();
        let mut next = triples(&finders);
        for triple in &mut next {
            triple.members = triple.members.map(|member| free[member]);
        }
        next.retain(|triple| !self.tried.contains(&triple.members));
        let order = |a: &Triple, b: &Triple| {
            let misfits = a.misfit.total_cmp(&b.misfit);
            misfits.then(a.members.cmp(&b.members))
        };
        if next.len() > limit {
            next.select_nth_unstable_by(limit, order);
            next.truncate(limit);
        }
        next.sort_unstable_by(order);
        self.tried.extend(next.iter().map(|triple| triple.members));
        next
    }

    /// Whether a triple's patterns are still there, and none of them has been used since it was given: a full pool gives up
    /// patterns for others, which have nothing to do with the triple.
    pub(crate) fn is_free(&self, triple: &Triple) -> bool {
        let patterns = [triple.top_left, triple.top_right, triple.bottom_left];
        let is_there = |&member: &usize| {
            let known = self.finders[member];
            let is_same = |pattern: &Finder| is_one(&known, pattern);
            !self.used[member] && patterns.iter().any(is_same)
        };
        triple.members.iter().all(is_there)
    }

    /// Takes the patterns of a code that was read.
    pub(crate) fn take(&mut self, triple: &Triple) {
        for member in triple.members {
            self.used[member] = true;
        }
    }

    /// Takes whatever looks like a pattern inside a code that was read.
    pub(crate) fn cover(&mut self, corners: &[[f32; 2]; 4]) {
        for (finder, used) in self.finders.iter().zip(&mut self.used) {
            *used |= is_inside(finder.centre, corners);
        }
    }
}

/// Whether two are the same pattern, as it was seen twice.
fn is_one(a: &Finder, b: &Finder) -> bool {
    distance(a.centre, b.centre) < 2.0 * a.module().min(b.module())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(x: f32, y: f32, quality: f32) -> Finder {
        Finder {
            centre: [x, y],
            sides: [[4.0, 0.0], [0.0, 4.0]],
            quality,
        }
    }

    #[test]
    fn a_full_pool_gives_up_what_fits_worst() {
        let mut pool = Pool::default();
        for index in 0..MAX_FINDERS {
            let quality = if index == 7 { 0.3 } else { 0.4 };
            pool.add(finder(40.0 * index as f32, 0.0, quality));
        }
        let has = |pool: &Pool, at: [f32; 2]| pool.finders().iter().any(|known| known.centre == at);
        pool.add(finder(0.0, 500.0, 0.34));
        assert!(
            !has(&pool, [0.0, 500.0]),
            "it is hardly better than the worst"
        );
        pool.add(finder(0.0, 600.0, 0.7));
        assert!(has(&pool, [0.0, 600.0]) && !has(&pool, [280.0, 0.0]));
        assert_eq!(pool.finders().len(), MAX_FINDERS);
    }

    #[test]
    fn a_triple_whose_pattern_was_given_up_for_another_one_is_not_free() {
        let mut pool = Pool::default();
        for (x, y, quality) in [(40.0, 40.0, 0.6), (120.0, 40.0, 0.6), (40.0, 120.0, 0.3)] {
            pool.add(finder(x, y, quality));
        }
        let triple = pool.next_triples(1).remove(0);
        for index in 3..MAX_FINDERS {
            pool.add(finder(40.0 * index as f32, 900.0, 0.5));
        }
        assert!(pool.is_free(&triple));
        pool.add(finder(40.5, 40.0, 0.8));
        assert!(pool.is_free(&triple), "one is seen better, and the same");
        pool.add(finder(0.0, 500.0, 0.9));
        assert!(!pool.is_free(&triple));
    }

    #[test]
    fn a_triple_is_given_again_once_one_of_its_patterns_is_seen_better() {
        let mut pool = Pool::default();
        for (x, y) in [(40.0, 40.0), (120.0, 40.0), (40.0, 120.0)] {
            pool.add(finder(x, y, 0.6));
        }
        assert_eq!(pool.next_triples(9).len(), 1);
        assert_eq!(pool.next_triples(9).len(), 0, "nothing has changed");
        pool.add(finder(40.5, 40.0, 0.62));
        assert_eq!(pool.next_triples(9).len(), 0, "hardly anything has");
        pool.add(finder(41.0, 40.0, 0.8));
        assert_eq!(pool.next_triples(9)[0].top_left.centre, [41.0, 40.0]);
    }
}
