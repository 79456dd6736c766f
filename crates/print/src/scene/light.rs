//! Light on the scene: from a side, in bands of the mains, and with a shadow's edge in it.

use std::f64::consts::TAU;

use super::maths::{ease, sin_cos};
use super::random::Random;

/// How a scene is lit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lighting {
    /// How much darker the side away from the lamp is, as a part.
    pub fall_off: f64,
    /// How far the lamp's light swings around its mean with the mains, as a part.
    pub flicker: f64,
    /// How much light a shadow with an edge across the label takes away, as a part.
    pub shadow: f64,
}

/// Lamps swing twice in a period of the mains of 50 Hz.
const FLICKER_HERTZ: f64 = 100.0;

/// The light over one film.
pub(super) struct Lamp {
    lighting: Lighting,
    /// Where the light comes from, and across which line the shadow falls.
    directions: [[f64; 2]; 2],
    /// The shadow's edge: its place from the picture's middle and its half width, in picture heights.
    edge: [f64; 2],
    phase: f64,
}

impl Lamp {
    pub(super) fn new(lighting: &Lighting, random: &mut Random) -> Self {
        let mut direction = || {
            let (sin, cos) = sin_cos(random.between(0.0, TAU));
            [cos, sin]
        };
        Self {
            lighting: *lighting,
            directions: [direction(), direction()],
            edge: [random.between(-0.12, 0.12), random.between(0.006, 0.05)],
            phase: random.between(0.0, TAU),
        }
    }

    /// The mean of the mains' swing over a row's exposure, from a time on for so many seconds.
    pub(super) fn mains(&self, start: f64, open: f64) -> f64 {
        let angle = |seconds: f64| TAU * FLICKER_HERTZ * seconds + self.phase;
        let (from, to) = (angle(start), angle(start + open.max(1e-6)));
        1.0 + self.lighting.flicker * (sin_cos(to).0 - sin_cos(from).0) / (to - from)
    }

    /// Lights one row.
    pub(super) fn shine(&self, size: (u32, u32), row: u32, brightness: f64, light: &mut [f32]) {
        let height = f64::from(size.1);
        let y = f64::from(row) / height - 0.5;
        let half = f64::from(size.0) / height / 2.0;
        let [lamp, shadow] = self.directions;
        for (column, light) in light.iter_mut().enumerate() {
            let x = column as f64 / height - half;
            let away = 0.5 + (x * lamp[0] + y * lamp[1]) / (2.0 * half + 1.0) * 1.6;
            let into = x * shadow[0] + y * shadow[1] - self.edge[0];
            let shaded = ease(0.5 + into / (2.0 * self.edge[1]));
            let left = (1.0 - self.lighting.fall_off * away.clamp(0.0, 1.0))
                * (1.0 - self.lighting.shadow * shaded);
            *light *= (brightness * left) as f32;
        }
    }
}
