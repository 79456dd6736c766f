//! Stills without a code.

use image::GrayImage;

use super::camera::Pose;
use super::difficulty::Difficulty;
use super::random::Random;
use super::stage::{Setting, Stage, scale_of};
use super::surface::{Material, Surface};

/// A still that shows no code.
#[derive(Clone, Debug)]
pub struct Blank {
    /// What it shows and under which difficulty, such as `page-dark-17`.
    pub name: String,
    /// The picture, grey.
    pub picture: GrayImage,
}

/// Endlessly many stills without a code: noisy, textured and text-filled ones, half of them 640x480 and half 1280x720.
/// Each is another one, and the first ones are the same however many are taken.
pub fn blanks(seed: u64) -> impl Iterator<Item = Blank> {
    (0..).map(move |number: u64| blank(Random::part(seed, number).next(), number as usize))
}

fn blank(seed: u64, number: usize) -> Blank {
    let materials = Material::ALL.len();
    let material = Material::ALL[number % materials];
    let difficulty = Difficulty::ALL[(number + number / materials) % Difficulty::ALL.len()];
    let size = if number.is_multiple_of(2) == (number / materials).is_multiple_of(2) {
        (640, 480)
    } else {
        (1280, 720)
    };
    let mut random = Random::new(seed);
    let conditions = difficulty.conditions();
    let scale = scale_of(size);
    let mut either = |most: f64| random.between(-most, most);
    let rest = Pose {
        shift: [0.0, 0.0],
        distance: 1.0,
        turn: either(conditions.turn),
        tilt: either(conditions.slant),
        swing: either(conditions.slant),
    };
    let setting = Setting {
        conditions: &conditions,
        surface: Surface::random(material, scale, &mut random),
        labels: Vec::new(),
        rest,
        size,
        density: 1.7,
        margin: 0.12,
    };
    Blank {
        name: format!("{material:?}-{}-{number}", difficulty.as_str()).to_lowercase(),
        picture: Stage::set(setting, seed)
            .shoot(random.below(60) as u32)
            .picture,
    }
}
