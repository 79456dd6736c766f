//! A scene that is set: a plane with labels on it, light, and a camera in a hand.

use super::camera::Pose;
use super::difficulty::Conditions;
use super::focus::Plate;
use super::glare::Spot;
use super::light::Lamp;
use super::maths::length;
use super::motion::Hand;
use super::paper::Stuck;
use super::plane::Plane;
use super::random::Random;
use super::sensor::Sensor;
use super::surface::Surface;
use super::truth::{Shot, Symbol};

/// Frames in a second.
pub(super) const FRAMES_PER_SECOND: f64 = 30.0;
/// Pixels that the picture may move between two poses of one exposure.
const STEP_PX: f64 = 1.3;
/// More poses than this are not taken: beyond them the blur has steps, and nobody can read it anyway.
const MOST_POSES: f64 = 16.0;

/// What a stage is set with.
pub(super) struct Setting<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) surface: Surface,
    pub(super) labels: Vec<Stuck>,
    /// Where the camera is when the hand is at rest.
    pub(super) rest: Pose,
    /// Width and height of the pictures in pixels.
    pub(super) size: (u32, u32),
    /// Samples of the plane for each pixel.
    pub(super) density: f64,
    /// How far the plane reaches beyond the picture, for the hand's ways and the slant, in parts of the picture's sides;
    /// beyond, its border is mirrored.
    pub(super) margin: f64,
}

pub(super) struct Stage {
    conditions: Conditions,
    labels: Vec<Stuck>,
    plane: Plane,
    lamp: Lamp,
    spot: Option<Spot>,
    hand: Hand,
    size: (u32, u32),
    scale: f64,
    seed: u64,
}

/// The parts of what a seed describes.
mod part {
    pub(super) const HAND: u64 = 1;
    pub(super) const LAMP: u64 = 2;
    pub(super) const SPOT: u64 = 3;
    pub(super) const PRINT: u64 = 4;
    /// The noise of the first frame; the others follow.
    pub(super) const NOISE: u64 = 1 << 32;
}

/// How much larger pixels are than those of a picture of 720 rows.
pub(super) fn scale_of(size: (u32, u32)) -> f64 {
    f64::from(size.0.min(size.1)) / 720.0
}

impl Stage {
    pub(super) fn set(setting: Setting<'_>, seed: u64) -> Self {
        let Setting {
            conditions,
            surface,
            labels,
            rest,
            size,
            density,
            margin,
        } = setting;
        let scale = scale_of(size);
        let half = [size.0, size.1].map(|side| f64::from(side) * (0.5 + margin));
        let mut plane = Plane::new(half, density, &surface);
        let worn = Random::part(seed, part::PRINT).next();
        for (number, stuck) in (0..).zip(&labels) {
            stuck.print(&mut plane, &conditions.print, worn.wrapping_add(number));
        }
        plane.soften();
        Self {
            lamp: Lamp::new(&conditions.lighting, &mut Random::part(seed, part::LAMP)),
            spot: conditions
                .glare
                .map(|glare| Spot::new(&glare, rest, scale, &mut Random::part(seed, part::SPOT))),
            hand: Hand::new(
                rest,
                &conditions.motion,
                scale,
                &mut Random::part(seed, part::HAND),
            ),
            conditions: *conditions,
            labels,
            plane,
            size,
            scale,
            seed,
        }
    }

    /// Takes the picture that starts at a time in seconds.
    pub(super) fn shoot(&self, frame: u32) -> Shot {
        let start = f64::from(frame) / FRAMES_PER_SECOND;
        let mut plate = self.expose(start);
        plate.blur(self.conditions.focus.radius(start) * self.scale.max(0.5));
        let sensor = Sensor {
            electrons: self.conditions.exposure.electrons,
            sharpening: self.conditions.sharpening,
        };
        let mut noise = Random::part(self.seed, part::NOISE + u64::from(frame));
        Shot {
            picture: sensor.read(plate, self.size, &mut noise),
            symbols: self.truth(start),
        }
    }

    /// Lets every row take light while the hand moves.
    fn expose(&self, start: f64) -> Plate {
        let (width, height) = self.size;
        let exposure = &self.conditions.exposure;
        let open = exposure.seconds_open();
        let poses = self.poses(start, open);
        let brightness = exposure.brightness(start) / f64::from(poses) / 255.0;
        let mut light = vec![0.0; width as usize * height as usize];
        let rows = light.chunks_exact_mut((width as usize).max(1));
        for (row, light) in (0..height).zip(rows) {
            let from = start + exposure.row_start(f64::from(row), height);
            for pose in 0..poses {
                let part = (f64::from(pose) + 0.5) / f64::from(poses);
                let sight = self
                    .hand
                    .at(from + open * part)
                    .projection(self.size)
                    .inverse();
                self.plane.add_row(&sight, row, light);
            }
            let lit = brightness * self.lamp.mains(from, open);
            self.lamp.shine(self.size, row, lit, light);
            if let Some(spot) = &self.spot {
                spot.add(&self.hand.at(from + open / 2.0), self.size, row, light);
            }
        }
        Plate {
            width: width as usize,
            light,
        }
    }

    /// How many poses an exposure needs, so that the blur has no steps.
    fn poses(&self, start: f64, open: f64) -> u32 {
        let reach = f64::from(self.size.1) / 4.0;
        let seen = |seconds: f64| {
            let projection = self.hand.at(seconds).projection(self.size);
            [[0.0, 0.0], [reach, reach]].map(|place| projection.picture(place))
        };
        let (first, last) = (seen(start), seen(start + open));
        let way = |index: usize| {
            let [x, y] = std::array::from_fn(|axis| last[index][axis] - first[index][axis]);
            length(x, y)
        };
        (way(0).max(way(1)) / STEP_PX).ceil().clamp(1.0, MOST_POSES) as u32
    }

    fn truth(&self, start: f64) -> Vec<Symbol> {
        let exposure = &self.conditions.exposure;
        let pose = |row: f64| {
            let open = exposure.seconds_open() / 2.0;
            self.hand
                .at(start + exposure.row_start(row, self.size.1) + open)
        };
        self.labels
            .iter()
            .map(|label| label.seen(self.size, pose))
            .collect()
    }
}
