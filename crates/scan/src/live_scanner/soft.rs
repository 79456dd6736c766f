//! Whether a picture is soft as a whole: then finder patterns cannot be seen, and nothing tells where a code is.

use super::candidate::Hint;
use crate::plane::Plane;
use crate::qr::Pyramid;

/// Looks at one frame after the other.
#[derive(Debug, Default)]
pub(super) struct Softness {
    /// A few pixels of the frame that was looked at last.
    last: Vec<u8>,
    told: Option<Hint>,
    frames: usize,
}

/// Every so many frames are looked at: a picture stays soft for longer, and frames without a code are to cost little.
const EVERY: usize = 4;

/// Edges are measured at the size next to this one, in pixels of the longer side.
const SIDE: usize = 640;

/// Frames are compared at a size below this one.
const GLANCE: usize = 160;

/// Where brightness differs by less there is no edge, in steps of 255.
const EDGE: f32 = 50.0;

/// The length of the pieces that are looked at for an edge, in pixels.
const REACH: usize = 16;

/// Fewer edges tell nothing.
const FEWEST: usize = 24;

/// The steepest two pixels of the sharpest edges hold this part of their difference, or the picture is soft.
const SHARP: f32 = 0.5;

/// So much sharper along one axis than along the other is what moves along the other.
const SMEARED: f32 = 0.25;

/// A picture whose pixels change by more on average moves, in steps of brightness.
const STILL: f32 = 4.0;

impl Softness {
    /// What would help where the whole picture is soft; none where it is sharp, or has no edges to tell by.
    pub(super) fn hint(&mut self, pyramid: &Pyramid) -> Option<Hint> {
        if self.frames.is_multiple_of(EVERY) {
            self.told = self.look(pyramid);
        }
        self.frames = self.frames.wrapping_add(1);
        self.told
    }

    fn look(&mut self, pyramid: &Pyramid) -> Option<Hint> {
        let moves = self.moves(pyramid);
        let plane = at_most(pyramid, SIDE);
        let [across, down] = [false, true].map(|down| sharpness(plane, down));
        let (Some(across), Some(down)) = (across, down) else {
            return None;
        };
        let (less, more) = (across.min(down), across.max(down));
        if less >= SHARP {
            None
        } else if moves || more - less > SMEARED {
            Some(Hint::HoldStill)
        } else {
            Some(Hint::Blurred)
        }
    }

    fn moves(&mut self, pyramid: &Pyramid) -> bool {
        let glance = at_most(pyramid, GLANCE);
        let now: Vec<u8> = (0..glance.height())
            .flat_map(|y| glance.row(y))
            .copied()
            .collect();
        let before = std::mem::replace(&mut self.last, now);
        if before.len() != self.last.len() {
            return false;
        }
        let steps = before.iter().zip(&self.last);
        let sum: u32 = steps.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum as f32 > STILL * before.len() as f32
    }
}

/// The largest copy of the frame that is no longer than that, or the smallest there is.
fn at_most(pyramid: &Pyramid, side: usize) -> &Plane {
    let levels = pyramid.levels();
    let fits = |plane: &&Plane| plane.width().max(plane.height()) <= side;
    levels
        .iter()
        .find(fits)
        .unwrap_or(&levels[levels.len() - 1])
}

/// How steep the steepest tenth of the edges is, along some rows or columns in the middle of the picture: about 1 where it is
/// sharp.
fn sharpness(plane: &Plane, down: bool) -> Option<f32> {
    const APART: usize = 5;
    let (width, height) = (plane.width(), plane.height());
    let (length, lines) = if down {
        (height, width)
    } else {
        (width, height)
    };
    let pixel = |line: usize, at: usize| {
        let (x, y) = if down { (line, at) } else { (at, line) };
        f32::from(plane.row(y)[x])
    };
    let middle = |length: usize| length / 5..length - length / 5;
    let mut edges = Vec::new();
    for line in middle(lines).step_by(APART) {
        let line: Vec<f32> = middle(length).map(|at| pixel(line, at)).collect();
        edges.extend(line.chunks_exact(REACH).filter_map(steepness));
    }
    let best = edges.len() / 10;
    edges.sort_by(|a, b| b.total_cmp(a));
    (edges.len() >= FEWEST).then(|| edges[best])
}

/// Which part of all the difference among some pixels lies between two that are two apart; none where they hardly differ.
fn steepness(pixels: &[f32]) -> Option<f32> {
    let (low, high) = pixels
        .iter()
        .fold((f32::MAX, f32::MIN), |(low, high), &pixel| {
            (low.min(pixel), high.max(pixel))
        });
    let steps = pixels.windows(3).map(|three| (three[2] - three[0]).abs());
    (high - low > EDGE).then(|| steps.fold(0.0, f32::max) / (high - low))
}
