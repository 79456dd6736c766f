//! The timing patterns: the row and the column of modules, light and dark in turns, between the finder patterns.

use super::group::Triple;
use super::ring::Finder;
use crate::plane::Plane;

/// How many modules beside each finder pattern are looked at where there are more: so far a straight line stays right even
/// on paper that is bent.
const NEAR: usize = 10;

/// How well the lines between three finder patterns alternate if the code has `side` modules: 1 always, about 0 where
/// there is no timing pattern.
///
/// This needs no map of the code, so it tells quickly what is not worth one. `factor` leads from the patterns' pixels to
/// those of the plane.
pub(crate) fn between(plane: &Plane, factor: f32, triple: &Triple, side: usize) -> f32 {
    let Triple {
        top_left,
        top_right,
        bottom_left,
        ..
    } = triple;
    // Timing patterns lie half a module inside the finder patterns' outer rings.
    let row = Line::new(top_left, [3.5, 3.0], top_right, [-3.5, 3.0], 0);
    let column = Line::new(top_left, [3.0, 3.5], bottom_left, [3.0, -3.5], 1);
    let count = side - 14;
    let both = [row, column].map(|line| {
        let at = |index: usize| {
            let place = line.place(index as f32 + 0.5, count as f32);
            plane.at(place.map(|part| part * factor))
        };
        if count <= 2 * NEAR {
            alternation(0..count, at)
        } else {
            (alternation(0..NEAR, at) + alternation(count - NEAR..count, at)) / 2.0
        }
    });
    (both[0] + both[1]) / 2.0
}

/// How well the timing patterns alternate where `map` leads to them: 1 always.
pub(crate) fn on_map(
    plane: &Plane,
    factor: f32,
    side: usize,
    map: impl Fn([f32; 2]) -> [f32; 2],
) -> f32 {
    let line = |place: fn(f32) -> [f32; 2]| {
        alternation(0..side - 14, |index| {
            plane.at(map(place(index as f32 + 7.5)).map(|part| part * factor))
        })
    };
    (line(|at| [at, 6.5]) + line(|at| [6.5, at])) / 2.0
}

/// What part of the changes from module to module goes the right way. The first module is light.
fn alternation(modules: std::ops::Range<usize>, at: impl Fn(usize) -> f32) -> f32 {
    let (mut swing, mut total) = (0.0, 0.0);
    let mut before = at(modules.start);
    for index in modules.start + 1..modules.end {
        let here = at(index);
        swing += if index % 2 == 1 {
            before - here
        } else {
            here - before
        };
        total += (before - here).abs();
        before = here;
    }
    swing / total.max(1.0)
}

/// A straight line in the picture along which modules follow each other, in perspective.
struct Line {
    from: [f32; 2],
    to: [f32; 2],
    /// How much longer modules are at its beginning than at its end: the root of the ratio.
    slant: f32,
}

impl Line {
    /// From a place beside one pattern to a place beside another, both in modules from their middles.
    fn new(start: &Finder, from: [f32; 2], end: &Finder, to: [f32; 2], axis: usize) -> Self {
        let length = |finder: &Finder| finder.sides[axis][0].hypot(finder.sides[axis][1]);
        Self {
            from: start.place(from),
            to: end.place(to),
            slant: (length(start) / length(end)).sqrt(),
        }
    }

    /// The place after `at` of `count` modules. Lengths along a line in perspective are a fraction of linear functions,
    /// and the modules' lengths at both ends determine which.
    fn place(&self, at: f32, count: f32) -> [f32; 2] {
        let part = at * self.slant / (count - at + at * self.slant);
        [0, 1].map(|i| self.from[i] + part * (self.to[i] - self.from[i]))
    }
}
