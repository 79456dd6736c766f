//! What both matrix symbols need: black and white pixels for rxing, the modules that it sampled, and its corners.

use rxing::common::{BitMatrix, HybridBinarizer};
use rxing::{Binarizer, Luma8Source};

use crate::Code;
use crate::contain::contain;
use crate::plane::Plane;

/// Which of the two is a symbol's dark module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Dark,
    /// Light modules on dark, as a laser makes them.
    Light,
}

/// Adds the codes that `find` sees in a plane in black and white. It is foreign code on pixels of anybody's making, so a
/// panic of it is kept to this plane.
pub(super) fn add_found(
    plane: &Plane,
    ink: Ink,
    codes: &mut Vec<Code>,
    find: impl FnOnce(&BitMatrix) -> Vec<Code>,
) {
    let found = contain(|| {
        let mut image = black_and_white(plane)?;
        if ink == Ink::Light {
            image.flip_self();
        }
        Some(find(&image))
    });
    for code in found.ok().flatten().unwrap_or_default() {
        code.add_to(codes);
    }
}

/// The four corners that rxing gives, `scale` times as far from the origin.
pub(super) fn corners(points: &[rxing::Point], scale: f32) -> Option<[[f32; 2]; 4]> {
    let points: Vec<_> = points
        .iter()
        .map(|point| [point.x * scale, point.y * scale])
        .collect();
    points.try_into().ok()
}

/// The plane in black and white, by rxing's own threshold. None where a side is too short for it.
fn black_and_white(plane: &Plane) -> Option<BitMatrix> {
    let (width, height) = (
        u32::try_from(plane.width()).ok()?,
        u32::try_from(plane.height()).ok()?,
    );
    let source = Luma8Source::new_with_slice(plane.pixels(), width, height).ok()?;
    HybridBinarizer::new(source)
        .get_black_matrix()
        .ok()
        .cloned()
}

/// What part of these modules is as it should be: `(column, row, dark)`.
pub(super) fn agreement(
    bits: &BitMatrix,
    expected: impl IntoIterator<Item = (u32, u32, bool)>,
) -> f32 {
    let (mut right, mut all) = (0, 0);
    for (x, y, dark) in expected {
        all += 1;
        right += u32::from(bits.get(x, y) == dark);
    }
    right as f32 / all as f32
}
