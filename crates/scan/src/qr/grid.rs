//! Brightness of each module, and what it says.

use crate::plane::Plane;

use super::warp::Warp;

/// The brightness of each module's middle, row by row.
pub(crate) struct Grid {
    pub(crate) side: usize,
    pub(crate) values: Vec<f32>,
}

impl Grid {
    /// Samples a code of `side` modules. `factor` leads from the map's pixels to those of the plane.
    pub(crate) fn sample(plane: &Plane, factor: f32, warp: &Warp, side: usize) -> Self {
        let mut values = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let place = warp.map([x as f32 + 0.5, y as f32 + 0.5]);
                values.push(plane.at(place.map(|part| part * factor)));
            }
        }
        Self { side, values }
    }

    /// Whether a square of modules is as bright as pixels can be. No mask leaves one of this size in a symbol.
    pub(crate) fn has_glare(&self) -> bool {
        const BRIGHTEST: f32 = 250.0;
        const SIDE: usize = 5;
        let is_bright = |x: usize, y: usize| self.values[y * self.side + x] >= BRIGHTEST;
        let ends = 0..=self.side - SIDE;
        ends.clone().any(|top| {
            ends.clone()
                .any(|left| (top..top + SIDE).all(|y| (left..left + SIDE).all(|x| is_bright(x, y))))
        })
    }

    /// The mean of the square of modules around each.
    pub(crate) fn means(&self, radius: usize) -> Vec<f32> {
        self.around(radius, |mean, _, _| mean)
    }

    /// Each module's difference from its surroundings, in units of their deviation: negative is light.
    pub(crate) fn contrast(&self, radius: usize) -> Vec<f32> {
        self.around(radius, |mean, deviation, value| {
            (mean - value) / deviation.max(1.5)
        })
    }

    /// Something of each module's surroundings' mean and deviation, and its own brightness.
    fn around(&self, radius: usize, make: impl Fn(f32, f32, f32) -> f32) -> Vec<f32> {
        let side = self.side;
        let sums = Sums::of(self);
        let mut made = Vec::with_capacity(side * side);
        for y in 0..side {
            let rows = y.saturating_sub(radius)..(y + radius + 1).min(side);
            for x in 0..side {
                let columns = x.saturating_sub(radius)..(x + radius + 1).min(side);
                let (mean, deviation) = sums.mean_and_deviation(columns, rows.clone());
                made.push(make(mean, deviation, self.values[y * side + x]));
            }
        }
        made
    }
}

/// Sums over all rectangles that begin at the top left.
struct Sums {
    stride: usize,
    sums: Vec<(f32, f32)>,
}

impl Sums {
    fn of(grid: &Grid) -> Self {
        let stride = grid.side + 1;
        let mut sums = vec![(0.0, 0.0); stride * stride];
        let middle = 128.0;
        for y in 0..grid.side {
            let mut row = (0.0, 0.0);
            for x in 0..grid.side {
                let value = grid.values[y * grid.side + x] - middle;
                row = (row.0 + value, row.1 + value * value);
                let above = sums[y * stride + x + 1];
                sums[(y + 1) * stride + x + 1] = (above.0 + row.0, above.1 + row.1);
            }
        }
        Self { stride, sums }
    }

    fn mean_and_deviation(
        &self,
        columns: std::ops::Range<usize>,
        rows: std::ops::Range<usize>,
    ) -> (f32, f32) {
        let at = |x: usize, y: usize| self.sums[y * self.stride + x];
        let (a, b, c, d) = (
            at(columns.end, rows.end),
            at(columns.start, rows.end),
            at(columns.end, rows.start),
            at(columns.start, rows.start),
        );
        let count = (columns.len() * rows.len()) as f32;
        let mean = (a.0 - b.0 - c.0 + d.0) / count;
        let square = (a.1 - b.1 - c.1 + d.1) / count;
        (mean + 128.0, (square - mean * mean).max(0.0).sqrt())
    }
}

/// Undoes a blur of neighbouring modules: takes away a part of the four neighbours' mean.
pub(crate) fn sharpened(contrast: &[f32], side: usize, amount: f32) -> Vec<f32> {
    let at = |x: usize, y: usize| contrast[y * side + x];
    let mut out = Vec::with_capacity(contrast.len());
    for y in 0..side {
        for x in 0..side {
            let here = at(x, y);
            let near = |dx: usize, dy: usize| {
                // One step back and one forth; at the rim the module itself stands for its missing neighbour.
                let back = at(x.saturating_sub(dx), y.saturating_sub(dy));
                let forth = at((x + dx).min(side - 1), (y + dy).min(side - 1));
                back + forth
            };
            out.push(here + amount * (here - (near(1, 0) + near(0, 1)) / 4.0));
        }
    }
    out
}

/// Contrast as the symbol's reader takes it: the deviation itself is 64.
pub(crate) fn soft(contrast: &[f32]) -> Vec<i8> {
    contrast
        .iter()
        .map(|value| (value * 64.0).clamp(-127.0, 127.0) as i8)
        .collect()
}
