//! Black and white pixels for rxing, and the modules that it sampled.

use rxing::common::{BitMatrix, HybridBinarizer};
use rxing::{Binarizer, Luma8Source};

use crate::plane::Plane;

/// The plane in black and white, by rxing's own threshold. None where a side is too short for it.
pub(super) fn black_and_white(plane: &Plane) -> Option<BitMatrix> {
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
