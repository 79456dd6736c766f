//! Labels of paper on the plane.

use image::GrayImage;

use super::camera::Pose;
use super::maths::{ease, sin_cos};
use super::plane::Plane;
use super::random::at_place;
use super::sticker::mix;
use super::truth::Symbol;
use super::wear::{Cover, Tilt, Wear};
use crate::qr::{PrintError, QUIET_ZONE, qr_luma};

/// How a label is printed. Reflectances are parts of the light, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Print {
    /// What dark modules reflect.
    pub ink: f64,
    /// What light modules reflect.
    pub paper: f64,
    /// Which part of the label's width a worn print head leaves lighter, in lines from top to bottom.
    pub worn: f64,
}

/// Paper beside the quiet zone, in modules.
const MARGIN: f64 = 1.0;
/// Paper below it, where the same is printed in letters.
const FOOT: f64 = 5.0;
/// How far the paper's shadow reaches, in modules.
const SHADOW: f64 = 1.2;

/// A label: its text and its symbol with one pixel for each module.
pub(super) struct Label {
    text: String,
    symbol: GrayImage,
}

impl Label {
    pub(super) fn new(text: String) -> Result<Self, PrintError> {
        let symbol = qr_luma(&text, 1)?;
        Ok(Self { text, symbol })
    }

    /// Width and height of the paper, in modules.
    pub(super) fn paper(&self) -> [f64; 2] {
        let side = f64::from(self.symbol.width()) + 2.0 * MARGIN;
        [side, side + FOOT]
    }

    /// How far a place is beside the paper; 0 on it. In modules from the quiet zone's top left corner.
    fn beside(&self, [x, y]: [f64; 2]) -> f64 {
        let side = f64::from(self.symbol.width());
        let outside = |at: f64, end: f64| (-MARGIN - at).max(at - end - MARGIN).max(0.0);
        outside(x, side).max(outside(y, side + FOOT))
    }

    fn modules(&self) -> usize {
        self.symbol.width() as usize - 2 * QUIET_ZONE
    }
}

/// A label that is stuck to the plane.
pub(super) struct Stuck {
    pub(super) label: Label,
    /// The symbol's middle.
    pub(super) middle: [f64; 2],
    /// Clockwise, in radians.
    pub(super) turn: f64,
    /// The length of a module, in units of the plane.
    pub(super) module: f64,
    /// How it stands and what covers it.
    pub(super) wear: Wear,
}

impl Stuck {
    /// Paints the label onto the plane.
    pub(super) fn print(&self, plane: &mut Plane, print: &Print, seed: u64) {
        let frame = Frame::of(self);
        // Far enough for every corner, in whatever turn.
        let radius = 1.5 * self.module * (frame.half + FOOT + SHADOW);
        let cells = plane.around(self.middle, radius);
        let step = 0.25 / plane.density();
        plane.paint(cells, |[x, y], below| {
            if self.label.beside(frame.modules([x, y])) > SHADOW + 1.0 {
                return below;
            }
            let mut sum = 0.0;
            for [dx, dy] in [[-step, -step], [step, -step], [-step, step], [step, step]] {
                sum += self.seen_at(frame.modules([x + dx, y + dy]), below, print, seed);
            }
            sum / 4.0
        });
    }

    /// What is seen at a place in modules from the quiet zone's top left corner, with what covers the label.
    fn seen_at(&self, place: [f64; 2], below: f64, print: &Print, seed: u64) -> f64 {
        let printed = self.reflectance(place, below, print, seed);
        if self.label.beside(place) > 0.0 {
            return printed;
        }
        let half = f64::from(self.label.symbol.width()) / 2.0;
        let lit = self.wear.light * printed;
        let over = |cover: Cover| cover.over(place.map(|axis| axis - half), lit, below);
        self.wear.cover.map_or(lit, over)
    }

    /// The reflectance at a place in modules from the quiet zone's top left corner.
    fn reflectance(&self, [x, y]: [f64; 2], below: f64, print: &Print, seed: u64) -> f64 {
        let beside = self.label.beside([x, y]);
        if beside > 0.0 {
            return below * mix(0.55, 1.0, ease(beside / SHADOW));
        }
        if !self.is_dark(x, y, seed) {
            return print.paper;
        }
        let line = at_place(seed, (x * 3.0).floor() as i64, -1);
        match line < print.worn {
            true => mix(print.ink, print.paper, 0.75),
            false => print.ink,
        }
    }

    fn is_dark(&self, x: f64, y: f64, seed: u64) -> bool {
        let side = f64::from(self.label.symbol.width());
        if x >= 0.0 && y >= 0.0 && x < side && y < side {
            return self.label.symbol.get_pixel(x as u32, y as u32).0[0] < 128;
        }
        // The foot has something like letters: too coarse to tell them apart.
        let line = side + 0.5..side + 3.5;
        let letter = at_place(
            seed,
            (x * 1.4).floor() as i64,
            ((y - side) * 1.6).floor() as i64,
        );
        line.contains(&y) && (4.0..side - 4.0).contains(&x) && letter < 0.45
    }

    /// Where the symbol is seen, if `pose` tells the camera's pose at a row.
    pub(super) fn seen(&self, size: (u32, u32), pose: impl Fn(f64) -> Pose) -> Symbol {
        let quiet = QUIET_ZONE as f64;
        let end = quiet + self.label.modules() as f64;
        let frame = Frame::of(self);
        let corner = |modules: [f64; 2]| {
            let place = frame.plane(modules);
            // The row decides when it is exposed, and where the camera then is decides the row.
            let mut seen = [0.0, f64::from(size.1) / 2.0];
            for _ in 0..4 {
                let row = seen[1].clamp(0.0, f64::from(size.1));
                seen = pose(row).projection(size).picture(place);
            }
            seen.map(|axis| axis as f32)
        };
        Symbol {
            text: self.label.text.clone(),
            corners: [[quiet, quiet], [end, quiet], [end, end], [quiet, end]].map(corner),
            modules: self.label.modules(),
        }
    }
}

/// Leads between the plane and a label's modules.
struct Frame {
    middle: [f64; 2],
    /// Half of the symbol with its quiet zone, in modules.
    half: f64,
    module: f64,
    sin: f64,
    cos: f64,
    tilt: Tilt,
}

impl Frame {
    fn of(stuck: &Stuck) -> Self {
        let (sin, cos) = sin_cos(stuck.turn);
        Self {
            middle: stuck.middle,
            half: f64::from(stuck.label.symbol.width()) / 2.0,
            module: stuck.module,
            sin,
            cos,
            tilt: stuck.wear.tilt,
        }
    }

    fn modules(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (x, y) = (x - self.middle[0], y - self.middle[1]);
        let right = (self.cos * x + self.sin * y) / self.module;
        let down = (self.cos * y - self.sin * x) / self.module;
        self.tilt
            .on_label([right, down])
            .map(|axis| axis + self.half)
    }

    fn plane(&self, place: [f64; 2]) -> [f64; 2] {
        let [right, down] = self.tilt.seen(place.map(|axis| axis - self.half));
        let (right, down) = (right * self.module, down * self.module);
        [
            self.middle[0] + self.cos * right - self.sin * down,
            self.middle[1] + self.sin * right + self.cos * down,
        ]
    }
}
