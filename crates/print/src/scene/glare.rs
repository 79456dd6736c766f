//! A lamp's reflection in a glossy label: it wanders as the label is tilted, and nothing can be read in it.

use std::f64::consts::TAU;

use super::camera::Pose;
use super::geometry::FOCAL_LENGTH;
use super::maths::sin_cos;
use super::random::Random;

/// How a lamp is reflected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glare {
    /// Light in the middle of the spot; above 1 it is white whatever is printed there.
    pub strength: f64,
    /// Where the light has fallen to a quarter, in pixels from the middle at a picture height of 720.
    pub radius: f64,
}

/// A spot over one film.
pub(super) struct Spot {
    strength: f32,
    radius: f64,
    /// From the picture's middle, in radii.
    offset: [f64; 2],
    rest: Pose,
}

impl Spot {
    pub(super) fn new(glare: &Glare, rest: Pose, scale: f64, random: &mut Random) -> Self {
        let (sin, cos) = sin_cos(random.between(0.0, TAU));
        // Mostly beside the label's middle: in it, nobody could read anything in any frame.
        let away = random.between(0.8, 1.5);
        Self {
            strength: glare.strength as f32,
            radius: glare.radius * scale,
            offset: [cos * away, sin * away],
            rest,
        }
    }

    /// The spot's middle in pixels: a mirror turns its picture by twice its own angle.
    fn middle(&self, pose: &Pose, size: (u32, u32)) -> [f64; 2] {
        let focal = FOCAL_LENGTH * f64::from(size.0.max(size.1));
        let swung = 2.0 * focal * (pose.swing - self.rest.swing);
        let tilted = 2.0 * focal * (pose.tilt - self.rest.tilt);
        [
            f64::from(size.0) / 2.0 + self.radius * self.offset[0] + swung,
            f64::from(size.1) / 2.0 + self.radius * self.offset[1] + tilted,
        ]
    }

    /// Adds the light to one row.
    pub(super) fn add(&self, pose: &Pose, size: (u32, u32), row: u32, light: &mut [f32]) {
        let middle = self.middle(pose, size);
        let down = ((f64::from(row) - middle[1]) / self.radius) as f32;
        let step = (1.0 / self.radius) as f32;
        let start = (-middle[0] / self.radius) as f32;
        for (column, light) in light.iter_mut().enumerate() {
            let right = start + step * column as f32;
            let fall = 1.0 + right * right + down * down;
            *light += self.strength / (fall * fall);
        }
    }
}
