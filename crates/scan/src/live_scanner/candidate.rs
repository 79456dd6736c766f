//! What looks like a code, and why it is not read yet.

use serde::Serialize;

use crate::Code;
use crate::qr::{Sight, distance, is_inside};

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

/// Such a part of the frames' usual hand's movement is none: modules from one frame to the next.
const STILL: f32 = 0.7;

/// Single modules that differ from their neighbours by less than this part of what large squares differ are blurred.
const SHARP: f32 = 0.45;

/// One for each place; none where a code was read.
pub(super) fn of_sights(sights: &[Sight], codes: &[Code], shift: [f32; 2]) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for sight in sights {
        let middle =
            [0, 1].map(|axis| sight.corners.iter().map(|corner| corner[axis]).sum::<f32>() / 4.0);
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
