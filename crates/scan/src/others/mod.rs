//! Symbols that are no QR codes: found and judged here, their modules and bars read by rxing.
//!
//! A wrong reading is worse than none: whoever scans a label believes it. The formats below are weaker than QR codes, so each
//! has to show more than a checksum: bars the same text on many lines and quiet zones (`bars`), the others all the modules
//! that never change (`modules`).

mod bars;
mod data_matrix;
mod edges;
mod line;
mod linear;
mod micro_qr;
mod modules;
mod turns;

pub(crate) use turns::OtherTurns;

use crate::Code;
use crate::effort::{Effort, Texture, Work};
use crate::qr::Pyramid;
use crate::stage::Stage;
use data_matrix::data_matrix;
use linear::{Direction, linear};
use micro_qr::micro_qr;

/// The symbols that one of the last stages of looking sees. `first` is the level at which the longer side has about 640
/// pixels. What the work that is left does not suffice for is left out.
pub(crate) fn look(stage: Stage, pyramid: &Pyramid, first: usize, effort: &Effort) -> Vec<Code> {
    let mut codes = Vec::new();
    // At about 1280 pixels, at 640 and, where noise is averaged away, at 320. Larger ones are not looked at, so that the time
    // is bounded.
    let levels = pyramid.levels().iter().enumerate();
    for (level, plane) in levels.skip(first.saturating_sub(1)).take(2 + first.min(1)) {
        let scale = (1 << level) as f32;
        // How much rxing has to look at depends on the edges that it may follow.
        let texture = || Texture::of(plane);
        match stage {
            Stage::MicroQr if effort.affords(Work::MicroQr(texture())) => {
                micro_qr(plane, scale, &mut codes);
            }
            Stage::DataMatrix if effort.affords(Work::DataMatrix(texture())) => {
                data_matrix(plane, scale, &mut codes);
            }
            Stage::MicroQr | Stage::DataMatrix => {}
            _ => {
                for direction in Direction::ALL {
                    linear(plane, direction, scale, effort, &mut codes);
                }
            }
        }
    }
    codes
}
