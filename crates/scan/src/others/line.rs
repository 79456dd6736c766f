//! Straight lines across a picture.

use crate::plane::Plane;

/// A straight line, sampled once a pixel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Where it begins: `[x, y]` in pixels of the plane.
    pub from: [f32; 2],
    /// From one sample to the next: a vector of length 1.
    pub along: [f32; 2],
    /// How many samples.
    pub samples: usize,
}

impl Line {
    /// The place that is so many samples from the beginning.
    pub(super) fn place(&self, at: f32) -> [f32; 2] {
        [0, 1].map(|axis| self.from[axis] + at * self.along[axis])
    }

    /// The brightness along it.
    pub(super) fn brightness(&self, plane: &Plane) -> Vec<f32> {
        let ([x, y], [right, down]) = (self.from, self.along);
        (0..self.samples)
            .map(|index| plane.at([x + index as f32 * right, y + index as f32 * down]))
            .collect()
    }

    /// The part of the straight line through `middle` that lies within the plane, and no farther than `reach` from the
    /// middle. None where that is nothing.
    pub(super) fn across(
        plane: &Plane,
        middle: [f32; 2],
        along: [f32; 2],
        reach: f32,
    ) -> Option<Self> {
        let size = [plane.width() as f32, plane.height() as f32];
        let (mut from, mut to) = (-reach, reach);
        for axis in 0..2 {
            if along[axis].abs() < 1e-6 {
                if !(0.0..size[axis]).contains(&middle[axis]) {
                    return None;
                }
                continue;
            }
            let ends = [0.0, size[axis]].map(|rim| (rim - middle[axis]) / along[axis]);
            from = from.max(ends[0].min(ends[1]));
            to = to.min(ends[0].max(ends[1]));
        }
        // Where rows of pixels are followed samples are their middles, which are not blurred with their neighbours.
        const FIRST: f32 = 0.5;
        (to - from >= 1.0).then(|| Self {
            from: [0, 1].map(|axis| middle[axis] + (from + FIRST) * along[axis]),
            along,
            samples: (to - from) as usize,
        })
    }
}
