//! Finder patterns of the frames before.

use crate::places::distance;
use crate::qr::{Finder, Search};

/// Finder patterns that were seen on the last frames, where they are now.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: Vec<Known>,
    shift: [f32; 2],
}

#[derive(Debug, Clone, Copy)]
struct Known {
    finder: Finder,
    /// Frames since it was seen.
    age: u32,
}

/// Patterns that were not seen for so many frames are forgotten.
const MOST_AGE: u32 = 5;

/// More patterns are not remembered, the best first.
const MOST: usize = 24;

/// More of what has vanished is not looked for on one frame: in textures something vanishes all the time.
const MOST_LOOKS: usize = 4;

/// Patterns that resemble one less than this are not remembered: textures are full of them.
const LEAST_QUALITY: f32 = 0.5;

impl Memory {
    /// Looks for what was seen before and has not been found on this frame, and tells how far the picture moved.
    pub(super) fn follow(&mut self, search: &mut Search) -> [f32; 2] {
        // What nothing contradicts goes on moving.
        self.shift = shift(&self.known, search.finders()).unwrap_or(self.shift);
        let mut looks = MOST_LOOKS;
        for known in &mut self.known {
            for axis in 0..2 {
                known.finder.centre[axis] += self.shift[axis];
            }
            if looks > 0 && !is_seen(&known.finder, search.finders()) {
                looks -= 1;
                search.look_for(&known.finder);
            }
        }
        self.shift
    }

    /// Remembers what was seen on this frame, and for some time what was not.
    pub(super) fn remember(&mut self, seen: &[Finder]) {
        self.known.retain_mut(|known| {
            known.age += 1;
            known.age <= MOST_AGE && !is_seen(&known.finder, seen)
        });
        let seen = seen.iter().filter(|finder| finder.quality > LEAST_QUALITY);
        let seen = seen.map(|&finder| Known { finder, age: 0 });
        self.known.extend(seen);
        let worth = |known: &Known| known.finder.quality - 0.1 * known.age as f32;
        self.known.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        self.known.truncate(MOST);
    }
}

fn is_seen(finder: &Finder, seen: &[Finder]) -> bool {
    let near = 2.0 * finder.module();
    seen.iter()
        .any(|other| distance(other.centre, finder.centre) < near)
}

/// The way that most patterns went. A single one tells nothing: it may be any.
fn shift(before: &[Known], now: &[Finder]) -> Option<[f32; 2]> {
    /// How far patterns are looked for, in modules: half a label between two frames.
    const FARTHEST: f32 = 25.0;
    /// So many of the patterns tell the way: comparing all with all is what takes the time.
    const TELLING: usize = 12;
    let mut ways: Vec<([f32; 2], f32)> = Vec::new();
    for known in before.iter().take(TELLING) {
        for finder in now.iter().take(TELLING) {
            let module = known.finder.module();
            let way = [0, 1].map(|axis| finder.centre[axis] - known.finder.centre[axis]);
            let is_alike = (0.8..1.25).contains(&(finder.module() / module));
            if is_alike && way[0].hypot(way[1]) < FARTHEST * module {
                ways.push((way, module));
            }
        }
    }
    let followers = |(way, module): &([f32; 2], f32)| {
        let near = |other: &&([f32; 2], f32)| distance(other.0, *way) < 1.5 * module;
        ways.iter().filter(near).count()
    };
    let counted = ways.iter().map(|way| (followers(way), way.0));
    let (count, way) = counted.max_by(|(count, way), (others, other)| {
        let shorter = other[0].hypot(other[1]).total_cmp(&way[0].hypot(way[1]));
        count.cmp(others).then(shorter)
    })?;
    (count >= 2).then_some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(x: f32, y: f32) -> Finder {
        Finder {
            centre: [x, y],
            sides: [[4.0, 0.0], [0.0, 4.0]],
            quality: 0.9,
        }
    }

    #[test]
    fn two_patterns_tell_where_the_third_one_went() {
        let known = [(10.0, 10.0), (90.0, 10.0), (10.0, 90.0)].map(|(x, y)| Known {
            finder: finder(x, y),
            age: 0,
        });
        let check = |now: &[(f32, f32)], expected| {
            let now: Vec<Finder> = now.iter().map(|&(x, y)| finder(x, y)).collect();
            assert_eq!(shift(&known, &now), expected);
        };
        check(&[(15.0, 7.0), (95.0, 7.0)], Some([5.0, -3.0]));
        check(&[(15.0, 7.0)], None);
        check(&[], None);
    }

    #[test]
    fn what_is_not_seen_again_is_forgotten() {
        let mut memory = Memory::default();
        memory.remember(&[finder(10.0, 10.0), finder(90.0, 10.0)]);
        for _ in 0..MOST_AGE {
            memory.remember(&[finder(12.0, 10.0)]);
            assert_eq!(memory.known.len(), 2);
        }
        memory.remember(&[finder(12.0, 10.0)]);
        assert_eq!(memory.known.len(), 1);
    }
}
