//! The wooden table that the label lies on.

use super::maths::ease;
use super::random::{Random, at_place};
use super::sticker::mix;

/// Light and dark wood.
const WOOD: [[f64; 3]; 2] = [[0.78, 0.62, 0.44], [0.48, 0.34, 0.22]];
/// The grain's length and width in pixels, coarse and fine.
const GRAINS: [[f64; 2]; 2] = [[260.0, 22.0], [70.0, 4.0]];

pub(super) struct Table {
    seed: u64,
}

impl Table {
    pub(super) fn random(random: &mut Random) -> Self {
        Self {
            seed: random.next(),
        }
    }

    /// The colour at a pixel: red, green and blue, 0 to 1 each.
    pub(super) fn color(&self, pixel: [f64; 2]) -> [f64; 3] {
        let grain = |index: usize| {
            let [length, width] = GRAINS[index];
            smooth_noise(
                self.seed.wrapping_add(index as u64),
                pixel[0] / length,
                pixel[1] / width,
            )
        };
        let dark = 0.7 * grain(0) + 0.3 * grain(1);
        std::array::from_fn(|channel| mix(WOOD[0][channel], WOOD[1][channel], dark))
    }
}

/// Value noise, 0 to 1: random numbers at whole places, and smooth ways between them.
pub(super) fn smooth_noise(seed: u64, x: f64, y: f64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let value = |dx: i64, dy: i64| at_place(seed, left as i64 + dx, top as i64 + dy);
    let across = ease(x - left);
    let row = |dy: i64| mix(value(0, dy), value(1, dy), across);
    mix(row(0), row(1), ease(y - top))
}
