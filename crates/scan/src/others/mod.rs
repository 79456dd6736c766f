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
mod micro_measured;
mod micro_qr;
mod modules;
mod turns;

pub(crate) use micro_measured::micro_qr_at;
pub(crate) use turns::{OtherTurns, Times};

use crate::Code;
use crate::bits::Bits;
use crate::effort::{Effort, Texture, Work};
use crate::plane::Plane;
use crate::qr::Pyramid;
use crate::stage::Stage;
use data_matrix::data_matrix;
use linear::{Direction, linear};
use micro_qr::micro_qr;
pub(crate) use modules::Ink;

/// How matrix symbols of a kind are looked for.
type Look = fn(&Plane, Ink, f32, &mut Vec<Code>);

/// A kind of matrix symbols.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Matrix {
    MicroQr,
    DataMatrix,
}

impl Matrix {
    fn of(stage: Stage) -> Option<Self> {
        match stage {
            Stage::MicroQr => Some(Self::MicroQr),
            Stage::DataMatrix => Some(Self::DataMatrix),
            _ => None,
        }
    }

    fn look(self) -> Look {
        match self {
            Self::MicroQr => micro_qr,
            Self::DataMatrix => data_matrix,
        }
    }

    /// Whether there is enough work left to look at this, which is counted then. How much rxing has to look at depends on the
    /// edges that it may follow, and on what looks like finder patterns, which is asked last.
    fn is_afforded(self, bits: &Bits, effort: &Effort) -> bool {
        let texture = Texture::of(bits);
        match self {
            Self::DataMatrix => effort.affords(Work::DataMatrix(texture)),
            Self::MicroQr => {
                effort.has(Work::MicroQr(texture))
                    && effort.affords(Work::MicroQr(texture.with_crossings(bits)))
            }
        }
    }
}

/// The symbols that one of the last stages of looking sees. `first` is the level at which the longer side has about 640
/// pixels. What the work that is left does not suffice for is left out.
pub(crate) fn look(stage: Stage, pyramid: &Pyramid, first: usize, effort: &Effort) -> Vec<Code> {
    let kind = Matrix::of(stage);
    let mut codes = Vec::new();
    // At about 1280 pixels, at 640 and, where noise is averaged away, at 320. Larger ones are not looked at, so that the time
    // is bounded.
    let levels = pyramid.levels().iter().enumerate();
    for (level, plane) in levels.skip(first.saturating_sub(1)).take(2 + first.min(1)) {
        let scale = (1 << level) as f32;
        if let Some(kind) = kind {
            matrix(plane, kind, scale, effort, &mut codes);
        } else if !effort.is_spent() && !is_grain(plane) {
            for direction in Direction::ALL {
                linear(plane, direction, scale, effort, &mut codes);
            }
        }
    }
    codes
}

/// Whether a plane is full of noise as strong as bars are, in which no line shows any. The noise of little light is weak: bars
/// are seen through it.
fn is_grain(plane: &Plane) -> bool {
    /// Rows that are asked.
    const STEP: usize = 4;
    /// Neighbours that differ so much differ strongly, and one in so many pairs does in grain.
    const STRONG: u8 = 40;
    const EVERY: usize = 3;
    let is_strong = |pair: &&[u8]| pair[0].abs_diff(pair[1]) > STRONG;
    let rows = (0..plane.height()).step_by(STEP);
    let pairs = rows.clone().count() * plane.width();
    let strong: usize = rows
        .map(|y| plane.row(y).windows(2).filter(is_strong).count())
        .sum();
    EVERY * strong > pairs && Texture::of(&Bits::local(plane)).is_grain()
}

/// The matrix symbols that this stage sees in the picture at twice its size: rxing samples black and white pixels, so modules
/// of two of them are sampled better.
pub(crate) fn look_doubled(stage: Stage, pyramid: &Pyramid, effort: &Effort) -> Vec<Code> {
    let mut codes = Vec::new();
    let full = &pyramid.levels()[0];
    if let Some(kind) = Matrix::of(stage)
        && effort.affords(Work::Double(full.pixels().len()))
    {
        matrix(&full.doubled(), kind, 0.5, effort, &mut codes);
    }
    codes
}

/// Looks for one of the matrix symbols, dark ones first; light ones where there are none.
fn matrix(plane: &Plane, kind: Matrix, scale: f32, effort: &Effort, codes: &mut Vec<Code>) {
    if effort.is_spent() {
        return;
    }
    let mut bits = Bits::local(plane);
    for ink in [Ink::Dark, Ink::Light] {
        if ink == Ink::Light {
            if !codes.is_empty() {
                return;
            }
            bits = bits.inverted();
        }
        if kind.is_afforded(&bits, effort) {
            kind.look()(plane, ink, scale, codes);
        }
    }
}
