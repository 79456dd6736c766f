//! What would help to read a code that was seen.

use super::candidate::Hint;
use super::suspect::{Suspect, samples, side};
use crate::places::distance;
use crate::qr::{Finder, Grid, Pyramid, Search};

/// A module of fewer pixels is too small.
const SMALL: f32 = 2.0;

/// Where a code of fewer pixels for a module is not sharp, it is too small to be.
const RATHER_SMALL: f32 = 3.0;

/// What moves by more modules than this from one frame to the next is smeared.
const STILL: f32 = 0.7;

/// Finder patterns of whose contrast less than this part is left between their rings are blurred.
const SHARP: f32 = 0.6;

/// So much sharper one way than the other is what has moved.
const SMEARED: f32 = 0.25;

/// What would help with a suspect on a frame whose picture moved by `shift`.
pub(super) fn hint(suspect: &Suspect, search: &Search, shift: [f32; 2]) -> Hint {
    Look::at(suspect, search.pyramid(), shift).hint()
}

/// What can be measured of a code that is not read.
struct Look {
    /// A module's length in pixels.
    module: f32,
    /// How much of the difference between paper and ink is left between the rings of its finder patterns: the less and the
    /// more of its two directions.
    sharpness: [f32; 2],
    /// Modules that it moved by since the last frame.
    moved: f32,
    /// Whether a part of it is as bright as a pixel can be.
    has_glare: bool,
}

impl Look {
    fn at(suspect: &Suspect, pyramid: &Pyramid, shift: [f32; 2]) -> Self {
        let count = suspect.finders.len() as f32;
        let mean =
            |of: &dyn Fn(&Finder) -> f32| suspect.finders.iter().map(of).sum::<f32>() / count;
        let module = mean(&Finder::module);
        let both = |finder: &Finder| [0, 1].map(|axis| sharpness(pyramid, finder, axis));
        let side = side(&suspect.corners, module);
        let grid = Grid {
            side,
            values: samples(pyramid, &suspect.corners, module, side),
        };
        Self {
            module,
            sharpness: [
                mean(&|finder| both(finder).into_iter().fold(f32::MAX, f32::min)),
                mean(&|finder| both(finder).into_iter().fold(f32::MIN, f32::max)),
            ],
            moved: distance(shift, [0.0; 2]) / module,
            has_glare: grid.has_glare(),
        }
    }

    fn hint(&self) -> Hint {
        let [less, more] = self.sharpness;
        let is_blurred = less < SHARP;
        if self.module < SMALL || is_blurred && self.module < RATHER_SMALL {
            Hint::Closer
        } else if self.has_glare {
            Hint::Glare
        } else if self.moved > STILL || more - less > SMEARED {
            Hint::HoldStill
        } else if is_blurred {
            Hint::Blurred
        } else {
            Hint::HoldStill
        }
    }
}

/// How much of the difference between a pattern's core and the light ring around it is left between that ring and the dark
/// one, which are one module wide, along one of the sides.
fn sharpness(pyramid: &Pyramid, finder: &Finder, axis: usize) -> f32 {
    let (plane, factor) = pyramid.for_module(finder.module());
    let at = |along: f32, beside: f32| {
        let mut place = [beside; 2];
        place[axis] = along;
        plane.at(finder.place(place).map(|part| part * factor))
    };
    let (mut rings, mut whole) = (0.0, 0.0);
    for sign in [1.0, -1.0] {
        for beside in [-1.0, 0.0, 1.0] {
            rings += at(2.0 * sign, beside) - at(3.0 * sign, beside);
            whole += at(2.0 * sign, beside) - at(0.0, beside);
        }
    }
    rings / whole.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_say_what_would_help() {
        let check = |module, sharpness, moved, has_glare, expected| {
            let look = Look {
                module,
                sharpness,
                moved,
                has_glare,
            };
            assert_eq!(look.hint(), expected);
        };
        check(1.8, [0.9, 1.0], 0.0, false, Hint::Closer);
        check(2.5, [0.4, 0.5], 0.0, false, Hint::Closer);
        check(2.5, [0.9, 1.0], 0.0, false, Hint::HoldStill);
        check(4.0, [0.9, 1.0], 0.0, true, Hint::Glare);
        check(4.0, [0.9, 1.0], 0.0, false, Hint::HoldStill);
        check(4.0, [0.4, 0.5], 0.0, false, Hint::Blurred);
        check(4.0, [0.4, 0.5], 1.0, false, Hint::HoldStill);
        check(4.0, [0.4, 0.9], 0.0, false, Hint::HoldStill);
    }
}
