//! The plane that the camera looks at: what reflects light where.

use super::camera::Sight;
use super::surface::Surface;

/// Reflectance over a rectangle around the origin, sampled in a grid. Beyond the rectangle its border is
/// mirrored.
pub(super) struct Plane {
    width: usize,
    height: usize,
    /// Samples per unit.
    density: f64,
    /// 255 reflects all light.
    samples: Vec<u8>,
    /// Where the first sample is, in cells from the rectangle's corner: the middle of its cell until neighbours are
    /// averaged.
    offset: f64,
}

impl Plane {
    /// A plane of so many units to either side of the origin.
    pub(super) fn new(half: [f64; 2], density: f64, surface: &Surface) -> Self {
        let mut plane = Self::black(half, density);
        if surface.is_soft() {
            // Noise takes long, and nobody sees whether it is as fine as the label.
            let mut coarse = Self::black(half, density / 2.0);
            coarse.paint(coarse.all(), |place, _| surface.reflectance(place));
            plane.paint(plane.all(), |place, _| coarse.at(place) / 255.0);
        } else {
            plane.paint(plane.all(), |place, _| surface.reflectance(place));
        }
        plane
    }

    fn black(half: [f64; 2], density: f64) -> Self {
        let [width, height] = half.map(|half| (2.0 * half * density).ceil().max(2.0) as usize);
        Self {
            width,
            height,
            density,
            samples: vec![0; width * height],
            offset: 0.5,
        }
    }

    fn all(&self) -> ([usize; 2], [usize; 2]) {
        ([0, 0], [self.width, self.height])
    }

    fn at(&self, [x, y]: [f64; 2]) -> f64 {
        let middle = [self.width, self.height].map(|side| side as f64 / 2.0 - self.offset);
        let sample = self.sample(x * self.density + middle[0], y * self.density + middle[1]);
        f64::from(sample)
    }

    /// Samples per unit.
    pub(super) fn density(&self) -> f64 {
        self.density
    }

    /// The grid's cells that hold a circle around a place.
    pub(super) fn around(&self, place: [f64; 2], radius: f64) -> ([usize; 2], [usize; 2]) {
        let cell = |axis: usize, offset: f64| {
            let sides = [self.width, self.height];
            let middle = sides[axis] as f64 / 2.0;
            let index = (place[axis] + offset) * self.density + middle;
            (index.max(0.0) as usize).min(sides[axis])
        };
        (
            [cell(0, -radius), cell(1, -radius)],
            [cell(0, radius), cell(1, radius)],
        )
    }

    /// Paints cells: what is there follows from the place and what was there.
    pub(super) fn paint(
        &mut self,
        (from, to): ([usize; 2], [usize; 2]),
        color: impl Fn([f64; 2], f64) -> f64,
    ) {
        let middle = [self.width as f64 / 2.0, self.height as f64 / 2.0];
        for row in from[1]..to[1] {
            let y = (row as f64 + 0.5 - middle[1]) / self.density;
            for column in from[0]..to[0] {
                let x = (column as f64 + 0.5 - middle[0]) / self.density;
                let sample = &mut self.samples[row * self.width + column];
                let painted = color([x, y], f64::from(*sample) / 255.0);
                *sample = (painted.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            }
        }
    }

    /// Adds what a row of pixels sees.
    pub(super) fn add_row(&self, sight: &Sight, row: u32, light: &mut [f32]) {
        let place = sight.along_row(row);
        let middle = [self.width, self.height].map(|side| side as f64 / 2.0 - self.offset);
        for (column, light) in (0..).zip(light) {
            let [x, y] = place(column);
            let x = x * self.density + middle[0];
            let y = y * self.density + middle[1];
            *light += self.sample(x, y);
        }
    }

    /// The reflectance between four samples, times 255.
    fn sample(&self, x: f64, y: f64) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (across, down) = ((x - left) as f32, (y - top) as f32);
        let (left, top) = (left as i64, top as i64);
        let [nw, ne, sw, se] = self.four(left, top).map(f32::from);
        let upper = nw + (ne - nw) * across;
        let lower = sw + (se - sw) * across;
        upper + (lower - upper) * down
    }

    #[inline]
    fn four(&self, left: i64, top: i64) -> [u8; 4] {
        let inside = left >= 0
            && top >= 0
            && (left as usize) < self.width - 1
            && (top as usize) < self.height - 1;
        if inside {
            let start = top as usize * self.width + left as usize;
            let below = start + self.width;
            return [
                self.samples[start],
                self.samples[start + 1],
                self.samples[below],
                self.samples[below + 1],
            ];
        }
        let at = |x: i64, y: i64| {
            self.samples[mirrored(y, self.height) * self.width + mirrored(x, self.width)]
        };
        [
            at(left, top),
            at(left + 1, top),
            at(left, top + 1),
            at(left + 1, top + 1),
        ]
    }

    /// Averages neighbours, two by two, so that no detail is lost between the pixels of a picture with one pixel per unit
    /// and two samples per unit.
    pub(super) fn soften(&mut self) {
        let width = self.width;
        for row in 0..self.height {
            let below = (row + 1).min(self.height - 1) * width;
            for column in 0..width {
                let right = (column + 1).min(width - 1);
                let at = |start: usize, column: usize| u16::from(self.samples[start + column]);
                let sum = at(row * width, column)
                    + at(row * width, right)
                    + at(below, column)
                    + at(below, right);
                self.samples[row * width + column] = ((sum + 2) / 4) as u8;
            }
        }
        self.offset = 1.0;
    }
}

/// The index in a row of so many that stands for one beyond its ends: the outer tenth is mirrored, over and over. No
/// label is that far out, so none is seen twice.
fn mirrored(index: i64, count: usize) -> usize {
    let count = count as i64;
    let strip = (count / 10).max(1);
    let fold = |beyond: i64| {
        let beyond = beyond % (2 * strip);
        beyond.min(2 * strip - 1 - beyond)
    };
    let index = match index {
        ..0 => fold(-1 - index),
        _ if index >= count => count - 1 - fold(index - count),
        _ => index,
    };
    index as usize
}
