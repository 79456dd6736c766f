//! What two finder patterns say of their code, when the third one is not seen.

use std::ops::Range;

use super::ring::Finder;

/// What perspective and error make of a right angle: a tangent.
const SKEW: f32 = 0.2;

/// What two patterns of a code may differ in size and in what they measure of their distance.
const ALIKE: Range<f32> = 0.7..1.43;

/// The distance of two patterns of a code in modules: those of larger codes are hardly ever printed on labels.
const DISTANCES: Range<f32> = 12.0..70.0;

/// Of worse patterns two are not enough: textures are full of such.
const GOOD: f32 = 0.6;

/// More patterns are not paired, the best first.
const MOST: usize = 8;

/// Two finder patterns that may be of one code. Places are in modules from a pattern's middle, along its sides.
pub(crate) struct Pair {
    /// Where the second one is for the first.
    pub(crate) there: [f32; 2],
    /// Where the first one is for the second.
    back: [f32; 2],
    /// The longer side of the way.
    pub(super) long: f32,
    pub(super) place: Place,
}

/// How they lie in the code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the ends of one side.
    Side,
    /// At opposite corners.
    Opposite,
}

/// Every two of the best of these patterns that may be of one code, the best first.
pub(crate) fn pairs(finders: &[Finder]) -> Vec<(Finder, Finder, Pair)> {
    let mut good = finders.to_vec();
    good.retain(|finder| finder.quality > GOOD);
    good.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    good.truncate(MOST);
    let mut found = Vec::new();
    for (index, a) in good.iter().enumerate() {
        let others = good[index + 1..].iter();
        found.extend(others.filter_map(|b| Some((*a, *b, Pair::of(a, b)?))));
    }
    found
}

impl Pair {
    /// None if they cannot be of one code.
    pub(crate) fn of(a: &Finder, b: &Finder) -> Option<Self> {
        let (there, back) = (a.local(b.centre), b.local(a.centre));
        let lengths = there[0].hypot(there[1]) / back[0].hypot(back[1]);
        let [u, v] = there.map(f32::abs);
        let (long, short) = (u.max(v), u.min(v));
        let is_alike = ALIKE.contains(&(a.module() / b.module())) && ALIKE.contains(&lengths);
        if !is_alike || !DISTANCES.contains(&long) {
            return None;
        }
        let place = if short > (1.0 - SKEW) * long {
            Place::Opposite
        } else if short < SKEW * long {
            Place::Side
        } else {
            return None;
        };
        Some(Self {
            there,
            back,
            long,
            place,
        })
    }

    /// Where the third one may be for the first, but for perspective: on this side of the way or on that.
    pub(crate) fn thirds(&self) -> [[f32; 2]; 2] {
        let [u, v] = self.there;
        let aside = [self.long, -self.long];
        match self.place {
            Place::Opposite => [[u, 0.0], [0.0, v]],
            Place::Side if u.abs() > v.abs() => aside.map(|aside| [0.0, aside]),
            Place::Side => aside.map(|aside| [aside, 0.0]),
        }
    }

    /// The same two, the other one first.
    pub(super) fn turned(self) -> Self {
        Self {
            there: self.back,
            back: self.there,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(x: f32, y: f32, module: f32) -> Finder {
        Finder {
            centre: [x, y],
            sides: [[module, 0.0], [0.0, module]],
            quality: 0.8,
        }
    }

    #[test]
    fn two_patterns_lie_at_a_side_or_at_opposite_corners_or_belong_to_no_code() {
        let check = |x, y, module, expected: Option<Place>| {
            let pair = Pair::of(&finder(0.0, 0.0, 2.0), &finder(x, y, module));
            assert!(pair.map(|pair| pair.place) == expected, "{x} {y} {module}");
        };
        check(40.0, 0.0, 2.0, Some(Place::Side));
        check(-4.0, 40.0, 2.0, Some(Place::Side));
        check(40.0, -38.0, 2.0, Some(Place::Opposite));
        check(40.0, 20.0, 2.0, None);
        check(20.0, 0.0, 2.0, None);
        check(150.0, 0.0, 2.0, None);
        check(40.0, 0.0, 3.0, None);
    }
    #[test]
    fn the_third_one_makes_a_square_with_the_two() {
        let check = |x, y, expected: [[f32; 2]; 2]| {
            let pair = Pair::of(&finder(0.0, 0.0, 2.0), &finder(x, y, 2.0));
            let pair = pair.expect("they may be of one code");
            assert_eq!(pair.thirds(), expected, "{x} {y}");
        };
        check(40.0, 0.0, [[0.0, 20.0], [0.0, -20.0]]);
        check(-4.0, 40.0, [[20.0, 0.0], [-20.0, 0.0]]);
        check(40.0, -38.0, [[20.0, 0.0], [0.0, -19.0]]);
        let pair = Pair::of(&finder(0.0, 0.0, 2.0), &finder(40.0, -38.0, 2.0));
        let turned = pair.expect("they may be of one code").turned();
        assert_eq!(turned.thirds(), [[-20.0, 0.0], [0.0, 19.0]]);
    }
}
