//! What looks like a code, and why it is not read yet.

use serde::Serialize;

use crate::Code;
use crate::places::{distance, is_inside, middle};
use crate::qr::Sight;

/// Something on the last frame that looks like a code and was not read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its corners as `[x, y]` in pixels of the frame, clockwise.
    pub corners: [[f32; 2]; 4],
    /// What would help.
    pub hint: Hint,
}

/// Why a code is not read yet, as far as the detector can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// It moves, or nothing is wrong and the next frames will do.
    HoldStill,
    /// Its modules have too few pixels.
    Closer,
    /// A part of it is as bright as a pixel can be.
    Glare,
    /// Its modules run into each other.
    Blurred,
}

/// A module of fewer pixels is too small.
const SMALL: f32 = 2.0;

/// What moves by more modules than this from one frame to the next is smeared.
const STILL: f32 = 0.7;

/// Single modules that differ from their neighbours by less than this part of what large squares differ are blurred.
const SHARP: f32 = 0.45;

/// One for each place; none where a code was read.
pub(super) fn of_sights(sights: &[Sight], codes: &[Code], shift: [f32; 2]) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for sight in sights {
        let middle = middle(&sight.corners);
        let is_read = codes.iter().any(|code| is_inside(middle, &code.corners));
        let is_known = candidates
            .iter()
            .any(|known| is_inside(middle, &known.corners));
        if !is_read && !is_known {
            candidates.push(Candidate {
                corners: sight.corners,
                hint: hint(sight, shift),
            });
        }
    }
    candidates
}

fn hint(sight: &Sight, shift: [f32; 2]) -> Hint {
    if sight.module < SMALL {
        Hint::Closer
    } else if sight.grid.has_glare() {
        Hint::Glare
    } else if distance(shift, [0.0; 2]) > STILL * sight.module {
        Hint::HoldStill
    } else if sight.grid.sharpness() < SHARP {
        Hint::Blurred
    } else {
        Hint::HoldStill
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::Grid;

    /// A version 1 code with timing patterns of this contrast, and a square of this side that is as bright as can be.
    fn sight(module: f32, timing: f32, bright: usize) -> Sight {
        let side = 21;
        let value = |index: usize| {
            let (x, y) = (index % side, index / side);
            let is_core = (2..5).contains(&x) && (2..5).contains(&y);
            match () {
                () if (9..9 + bright).contains(&x) && (9..9 + bright).contains(&y) => 255.0,
                () if is_core => 50.0,
                () if (x == 6 || y == 6) && (x + y) % 2 == 0 => 150.0 - timing,
                () => 150.0,
            }
        };
        Sight {
            grid: Grid {
                side,
                values: (0..side * side).map(value).collect(),
            },
            contrast: Vec::new(),
            corners: [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]],
            module,
            agreement: 0.8,
        }
    }

    #[test]
    fn hints_say_what_would_help() {
        let check = |sight, shift, expected| assert_eq!(hint(&sight, shift), expected);
        check(sight(1.8, 100.0, 0), [0.0, 0.0], Hint::Closer);
        check(sight(4.0, 100.0, 6), [0.0, 0.0], Hint::Glare);
        check(sight(4.0, 100.0, 4), [0.0, 0.0], Hint::HoldStill);
        check(sight(4.0, 20.0, 0), [9.0, 0.0], Hint::HoldStill);
        check(sight(4.0, 20.0, 0), [1.0, 0.0], Hint::Blurred);
    }

    #[test]
    fn each_place_is_a_candidate_once_and_none_where_a_code_was_read() {
        let sights = [sight(4.0, 100.0, 0), sight(4.0, 100.0, 0)];
        assert_eq!(of_sights(&sights, &[], [0.0; 2]).len(), 1);
        let read = Code::new(b"x".to_vec(), sights[0].corners);
        assert_eq!(of_sights(&sights, &[read], [0.0; 2]), []);
    }
}
