//! A label as a camera would see it: a white sticker on a wooden table, tilted, shaded, a little soft and noisy.
//!
//! Everything follows from a seed: the same seed always gives the same picture.
//!
//! - [`photograph`] and [`film`] show a label as it is easy to read: for demonstrations.
//! - [`films`] and [`still`] show labels at a [`Difficulty`], through a camera with a shutter, a lens and a sensor, with
//!   the truth about every frame: to measure and test a scanner with. [`Carton`] shows many labels at once.
//! - [`empty_films`] and [`blanks`] show no label.

mod blank;
mod camera;
mod carton;
mod difficulty;
mod exposure;
mod focus;
mod geometry;
mod glare;
mod grid;
mod light;
mod maths;
mod motion;
mod paper;
mod plane;
mod random;
mod script;
mod sensor;
mod stage;
mod sticker;
mod surface;
mod table;
mod truth;
mod wear;
mod wording;

use std::f64::consts::TAU;

use image::{GrayImage, Rgb, RgbImage};

pub use blank::{Blank, blanks};
pub use carton::{Carton, Layout};
pub use difficulty::{Conditions, Difficulty, UnknownDifficulty};
pub use exposure::Exposure;
pub use focus::Focus;
pub use glare::Glare;
pub use light::Lighting;
pub use motion::Motion;
pub use paper::Print;
pub use script::{Script, Subject, empty_films, films, still};
pub use surface::Material;
pub use truth::{Shot, Symbol};
pub use wording::Wording;

use geometry::{Pose, View};
use random::Random;
use sticker::Sticker;
use table::Table;

/// Noise of a phone's camera indoors: the standard deviation, as a part of full brightness.
const NOISE: f64 = 0.018;

/// Shows a label as a photograph of the given width and height would.
pub fn photograph(label: &GrayImage, seed: u64, size: (u32, u32)) -> RgbImage {
    let mut random = Random::new(seed);
    let scene = Scene::new(label, &mut random);
    let pose = Pose::random(&mut random);
    scene.shoot(&pose, size, &mut random)
}

/// Shows a label in a film, in a hand that moves slowly. The last frame leads over to the first.
pub fn film(
    label: &GrayImage,
    seed: u64,
    frames: usize,
    size: (u32, u32),
) -> impl Iterator<Item = RgbImage> {
    let mut random = Random::new(seed);
    let scene = Scene::new(label, &mut random);
    let pose = Pose::random(&mut random);
    (0..frames).map(move |frame| {
        let phase = TAU * frame as f64 / frames as f64;
        scene.shoot(&pose.moved(phase), size, &mut random)
    })
}

/// What stands before the camera, and the light on it.
struct Scene<'a> {
    sticker: Sticker<'a>,
    table: Table,
    light: Light,
}

impl<'a> Scene<'a> {
    fn new(label: &'a GrayImage, random: &mut Random) -> Self {
        Self {
            sticker: Sticker::new(label),
            table: Table::random(random),
            light: Light::random(random),
        }
    }

    fn shoot(&self, pose: &Pose, size: (u32, u32), random: &mut Random) -> RgbImage {
        let view = pose.view(self.sticker.proportions(), size);
        RgbImage::from_fn(size.0, size.1, |x, y| {
            let brightness = self.light.at(x, y, size);
            let exact = self.pixel(&view, x, y);
            Rgb(exact.map(|channel| {
                let seen = channel * brightness + NOISE * random.normal();
                (seen.clamp(0.0, 1.0) * 255.0).round() as u8
            }))
        })
    }

    /// What a pixel of a slightly soft lens sees: the mean of points a little wider apart than the pixel.
    fn pixel(&self, view: &View, x: u32, y: u32) -> [f64; 3] {
        const OFFSETS: [f64; 2] = [0.1, 0.9];
        const POINTS: f64 = (OFFSETS.len() * OFFSETS.len()) as f64;
        let corner = [f64::from(x), f64::from(y)];
        let (mut paper, mut light) = (0.0, 0.0);
        for dy in OFFSETS {
            for dx in OFFSETS {
                let place = view.on_label([corner[0] + dx, corner[1] + dy]);
                if let Some(brightness) = self.sticker.brightness(place) {
                    paper += 1.0 / POINTS;
                    light += brightness / POINTS;
                }
            }
        }
        if paper > 0.999 {
            return [light; 3];
        }
        let beside = (1.0 - paper) * self.sticker.shadow(view.on_label(corner));
        let wood = self.table.color(corner);
        wood.map(|channel| light + beside * channel)
    }
}

/// Light from a side, falling off over the picture.
struct Light {
    direction: [f64; 2],
    fall_off: f64,
}

impl Light {
    fn random(random: &mut Random) -> Self {
        let (sin, cos) = random.between(0.0, TAU).sin_cos();
        Self {
            direction: [cos, sin],
            fall_off: random.between(0.2, 0.4),
        }
    }

    /// The brightness at a pixel: 0.95 and less.
    fn at(&self, x: u32, y: u32, size: (u32, u32)) -> f64 {
        let along = |position: u32, length: u32| f64::from(position) / f64::from(length) - 0.5;
        let distance = along(x, size.0) * self.direction[0] + along(y, size.1) * self.direction[1];
        0.95 - self.fall_off * (0.5 + distance).clamp(0.0, 1.0)
    }
}
