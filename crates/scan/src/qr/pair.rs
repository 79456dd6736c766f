//! What two finder patterns say of their code, when the third one is not seen.

use std::ops::Range;

use super::ring::Finder;

/// What perspective and error make of a right angle: a tangent.
const SKEW: f32 = 0.2;

/// What two patterns of a code may differ in size and in what they measure of their distance.
const ALIKE: Range<f32> = 0.7..1.43;

/// The distance of two patterns of a code in modules: those of larger codes are hardly ever printed on labels.
const DISTANCES: Range<f32> = 12.0..70.0;

/// Two finder patterns that may be of one code. Places are in modules from a pattern's middle, along its sides.
pub(crate) struct Pair {
    /// Where the second one is for the first.
    pub(crate) there: [f32; 2],
    /// Where the first one is for the second.
    pub(crate) back: [f32; 2],
    /// The longer side of the way.
    pub(crate) long: f32,
    pub(crate) place: Place,
}

/// How they lie in the code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// At the ends of one side.
    Side,
    /// At opposite corners.
    Opposite,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_patterns_lie_at_a_side_or_at_opposite_corners_or_belong_to_no_code() {
        let finder = |x: f32, y: f32, module: f32| Finder {
            centre: [x, y],
            sides: [[module, 0.0], [0.0, module]],
            quality: 0.8,
        };
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
}
