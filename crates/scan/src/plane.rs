//! Grey pixels that the scanner owns: the frame and its smaller copies.
//!
//! Places are continuous: the pixel in column 3 covers 3.0 to 4.0, its middle is 3.5. A place is halved exactly from one
//! level of a pyramid to the next.

use crate::{Frame, simd};

/// Grey pixels, row by row without padding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

impl Plane {
    /// A copy of the frame's pixels.
    pub(crate) fn copy(frame: Frame<'_>) -> Self {
        let mut plane = Self::empty();
        plane.become_copy(frame);
        plane
    }

    /// No pixels at all.
    pub(crate) fn empty() -> Self {
        Self {
            pixels: Vec::new(),
            width: 0,
            height: 0,
        }
    }

    /// Copies the frame's pixels into the memory that the plane has.
    pub(crate) fn become_copy(&mut self, frame: Frame<'_>) {
        (self.width, self.height) = (frame.width() as usize, frame.height() as usize);
        self.pixels.clear();
        self.pixels.reserve_exact(self.width * self.height);
        let rows = frame.rows();
        rows.for_each(|row| self.pixels.extend_from_slice(row));
    }

    /// Pixels in a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row by row.
    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The place in its middle.
    pub(crate) fn middle(&self) -> [f32; 2] {
        [self.width, self.height].map(|side| side as f32 / 2.0)
    }

    /// A row's pixels.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..][..self.width]
    }

    /// The pixels of so many rows at a time, the last time of those that are left.
    pub(crate) fn strips(&self, rows: usize) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks(self.width * rows)
    }

    /// The plane at half the size: means of two by two pixels. What is left over at the right and at the bottom is left out.
    #[cfg(test)]
    pub(crate) fn halved(&self) -> Self {
        let mut half = Self::empty();
        self.halve_into(&mut half);
        half
    }

    /// The same, in the memory that the other plane has.
    pub(crate) fn halve_into(&self, half: &mut Self) {
        (half.width, half.height) = (self.width / 2, self.height / 2);
        half.pixels.resize(half.width * half.height, 0);
        let rows = half.pixels.chunks_exact_mut(half.width.max(1));
        for (y, out) in rows.enumerate() {
            simd::halve(self.row(2 * y), self.row(2 * y + 1), out);
        }
    }

    /// The plane at twice the size, with straight ways between the pixels.
    pub(crate) fn doubled(&self) -> Self {
        let (width, height) = (2 * self.width, 2 * self.height);
        let mut pixels = vec![0; width * height];
        // Four times the brightness between two rows, with a column more on both sides.
        let mut between = vec![0_u16; self.width + 2];
        for (y, out) in pixels.chunks_exact_mut(width).enumerate() {
            let near = y / 2;
            let far = if y % 2 == 0 {
                near.saturating_sub(1)
            } else {
                (near + 1).min(self.height - 1)
            };
            let inner = &mut between[1..=self.width];
            for ((sum, &near), &far) in inner.iter_mut().zip(self.row(near)).zip(self.row(far)) {
                *sum = 3 * u16::from(near) + u16::from(far);
            }
            between[0] = between[1];
            between[self.width + 1] = between[self.width];
            let (pairs, _) = out.as_chunks_mut();
            for (index, pair) in pairs.iter_mut().enumerate() {
                let [left, middle, right] = [0, 1, 2].map(|add| between[index + add]);
                *pair = [left, right].map(|other| ((3 * middle + other) / 16) as u8);
            }
        }
        Self {
            pixels,
            width,
            height,
        }
    }

    /// The plane so many times as large, with hard edges, inside a light rim of so many pixels.
    pub(crate) fn enlarged(&self, times: usize, rim: usize) -> Self {
        let (width, height) = (self.width * times + 2 * rim, self.height * times + 2 * rim);
        let mut pixels = vec![255; width * height];
        for y in 0..self.height * times {
            let out = &mut pixels[(y + rim) * width + rim..][..self.width * times];
            for (out, &pixel) in out.chunks_exact_mut(times).zip(self.row(y / times)) {
                out.fill(pixel);
            }
        }
        Self {
            pixels,
            width,
            height,
        }
    }

    /// Light and dark exchanged.
    pub(crate) fn inverted(&self) -> Self {
        let pixels = self.pixels.iter().map(|pixel| !pixel).collect();
        Self { pixels, ..*self }
    }

    /// The brightness at a place, between the pixels' middles. Beyond the rim the nearest pixel goes on.
    #[inline]
    pub(crate) fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        // At the last column its left neighbour counts nothing, so that two pixels side by side are there always. A picture's
        // side fits into 31 bits, and to such numbers processors convert at once.
        let left = (x as i32 as usize).min(self.width.saturating_sub(2));
        let top = (y as i32 as usize).min(self.height.saturating_sub(2));
        let (dx, dy) = (x - left as f32, y - top as f32);
        let from = top * self.width + left;
        // The two rows in one piece, so that it is asked but once whether they are there.
        let [a, b, c, d] = match self.pixels.get(from..from + self.width + 2) {
            Some(rows) => [rows[0], rows[1], rows[self.width], rows[self.width + 1]],
            None => self.narrow(from),
        };
        let between = |one: u8, other: u8| f32::from(one) * (1.0 - dx) + f32::from(other) * dx;
        between(a, b) * (1.0 - dy) + between(c, d) * dy
    }

    /// Two pixels and the two below them where a row or a column is all there is: what is missing is as its neighbour.
    #[cold]
    fn narrow(&self, from: usize) -> [u8; 4] {
        let pixel = |index: usize| {
            self.pixels
                .get(index)
                .or(self.pixels.last())
                .copied()
                .unwrap_or(0)
        };
        let below = if self.height > 1 { self.width } else { 0 };
        [from, from + 1, from + below, from + below + 1].map(pixel)
    }

    /// How far it is from a place to the plane's rim, in this direction, in lengths of it.
    pub(crate) fn way_out(&self, from: [f32; 2], direction: [f32; 2]) -> f32 {
        let size = [self.width as f32, self.height as f32];
        let along = |axis: usize| {
            let rim = if direction[axis] > 0.0 {
                size[axis]
            } else {
                0.0
            };
            // Never is infinitely far.
            let way = (rim - from[axis]) / direction[axis];
            if direction[axis] == 0.0 {
                f32::INFINITY
            } else {
                way
            }
        };
        along(0).min(along(1))
    }

    /// Whether a place lies in the plane.
    pub(crate) fn holds(&self, [x, y]: [f32; 2]) -> bool {
        x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32
    }
}
