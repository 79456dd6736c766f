//! Sine and cosine that come out the same on every platform, unlike those of its mathematical library.
//!
//! Sums, products, quotients, square roots and rounding are exact to the last bit everywhere (IEEE 754), so what is made
//! of them alone is, too.

use std::f64::consts::{FRAC_PI_2, TAU};

/// The sine and the cosine of an angle in radians, right to some 12 digits for angles of up to a million.
pub(super) fn sin_cos(angle: f64) -> (f64, f64) {
    let quarters = (angle / FRAC_PI_2).round();
    let rest = angle - quarters * FRAC_PI_2;
    let square = rest * rest;
    // The first terms of Taylor's series; for an eighth of a turn the next ones would be less than 10^-13.
    let series = |terms: [f64; 6]| {
        terms
            .iter()
            .rev()
            .fold(0.0, |sum, term| sum * square + term)
    };
    let sin = rest
        * series([
            1.0,
            -1.0 / 6.0,
            1.0 / 120.0,
            -1.0 / 5_040.0,
            1.0 / 362_880.0,
            -1.0 / 39_916_800.0,
        ]);
    let cos = 1.0
        - square
            * series([
                1.0 / 2.0,
                -1.0 / 24.0,
                1.0 / 720.0,
                -1.0 / 40_320.0,
                1.0 / 3_628_800.0,
                -1.0 / 479_001_600.0,
            ]);
    match (quarters as i64).rem_euclid(4) {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// The sine of so many whole turns.
pub(super) fn sine_of_turns(turns: f64) -> f64 {
    sin_cos(TAU * turns).0
}

/// From 0 to 1 without corners, as `x` goes from 0 to 1; flat beside.
pub(super) fn ease(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// How far it is from the origin.
pub(super) fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cosine_are_those_of_the_library() {
        for step in -4_000..4_000 {
            let angle = f64::from(step) * 0.037;
            let ((sin, cos), (expected_sin, expected_cos)) = (sin_cos(angle), angle.sin_cos());
            assert!((sin - expected_sin).abs() < 1e-11, "sine of {angle}");
            assert!((cos - expected_cos).abs() < 1e-11, "cosine of {angle}");
        }
    }
}
