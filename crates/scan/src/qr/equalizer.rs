//! Undoes blur in the code's own units.
//!
//! A lens out of focus or a hand that moves spreads each module over its neighbours. The finder, timing and alignment
//! patterns are known beforehand, so the filter that makes them right again can be learned from the very picture, by
//! least squares over each module and its eight neighbours, and then applied to all modules.

use super::algebra::LeastSquares;
use crate::symbol::fixed;

/// The module, its eight neighbours, and a constant.
const TAPS: usize = 10;

/// The modules' contrast with the blur undone. None if the known patterns do not determine a filter.
pub(crate) fn equalized(contrast: &[f32], side: usize) -> Option<Vec<f32>> {
    let version = ((side - 17) / 4) as u8;
    let mut sums = LeastSquares::<TAPS>::new();
    let mut count = 0;
    for y in 0..side {
        for x in 0..side {
            if let Some(dark) = fixed(version, x, y) {
                sums.wish(
                    taps(contrast, side, x, y),
                    if dark { 1.0 } else { -1.0 },
                    1.0,
                );
                count += 1;
            }
        }
    }
    sums.damp(f64::from(count) * 0.02);
    let filter = sums.solve()?;
    let mut out = Vec::with_capacity(contrast.len());
    for y in 0..side {
        for x in 0..side {
            let taps = taps(contrast, side, x, y);
            out.push(
                taps.iter()
                    .zip(&filter)
                    .map(|(tap, weight)| tap * weight)
                    .sum::<f64>() as f32,
            );
        }
    }
    Some(out)
}

/// A module and its surroundings. Around the code everything is as light as its lightest modules.
fn taps(contrast: &[f32], side: usize, x: usize, y: usize) -> [f64; TAPS] {
    const QUIET: f64 = -1.0;
    let mut taps = [1.0; TAPS];
    for (index, tap) in taps[..9].iter_mut().enumerate() {
        let (column, row) = (x + index % 3, y + index / 3);
        let inside = (1..=side).contains(&column) && (1..=side).contains(&row);
        *tap = if inside {
            f64::from(contrast[(row - 1) * side + column - 1])
        } else {
            QUIET
        };
    }
    taps
}
