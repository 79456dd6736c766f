//! Pixels as dark or light: a bit each, by a threshold that follows the light.

use std::ops::Range;

use crate::plane::Plane;
use crate::simd::{self, SIDE, Square};

/// A square whose pixels differ by less than this is of one colour; its own mean would make noise of it.
const FLAT: u8 = 24;

/// A bit for each pixel, set where it is dark. Rows begin with a new word; the first pixel is the lowest bit.
pub(crate) struct Bits {
    words: Vec<u64>,
    per_row: usize,
    width: usize,
    height: usize,
}

impl Bits {
    /// Dark is what is darker than its surroundings: means of 8 by 8 pixels, and of five by five of these.
    pub(crate) fn local(plane: &Plane) -> Self {
        let across = plane.width().div_ceil(SIDE);
        let thresholds = smooth(&levels(plane, across), across);
        let mut bits = Self::light(plane.width(), plane.height());
        let mut limits = vec![[0; SIDE]; across];
        for (y, words) in bits.rows_mut().enumerate() {
            if y % SIDE == 0 {
                let thresholds = &thresholds[y / SIDE * across..];
                for (limits, &threshold) in limits.iter_mut().zip(thresholds) {
                    // No threshold is 255: the mean of a square of two colours is less, and so is a guess.
                    *limits = [threshold + 1; SIDE];
                }
            }
            simd::darker(plane.row(y), limits.as_flattened(), words);
        }
        bits
    }

    /// All light.
    fn light(width: usize, height: usize) -> Self {
        let per_row = width.div_ceil(64);
        Self {
            words: vec![0; per_row * height],
            per_row,
            width,
            height,
        }
    }

    /// The words of each row.
    fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u64]> {
        self.words.chunks_exact_mut(self.per_row.max(1))
    }

    /// Dark is what is darker than the mean of a square around it, whose side is this part of the plane's width.
    pub(crate) fn mean(plane: &Plane, part: f32) -> Self {
        // A threshold right at the mean would make noise of an even surface.
        const BELOW: u8 = 2;
        let radius = (part * plane.width() as f32 / 2.0) as usize;
        Self::local_mean(plane, radius.max(3), BELOW)
    }

    /// Dark is what is at most as bright as the mean of the square of `2 * radius + 1` pixels around it, less `offset`.
    fn local_mean(plane: &Plane, radius: usize, offset: u8) -> Self {
        let mut bits = Self::light(plane.width(), plane.height());
        let mut around = Around::new(plane, radius);
        for (y, words) in bits.rows_mut().enumerate() {
            around.enter(y);
            let [from, until] = around.sums();
            simd::below_means(plane.row(y), offset, from, until, &around.areas, words);
        }
        bits
    }

    /// Dark and light exchanged.
    pub(crate) fn inverted(&self) -> Self {
        let mut words: Vec<u64> = self.words.iter().map(|word| !word).collect();
        // Behind the last column everything stays light.
        let rest = self.width % 64;
        if rest > 0 {
            let mask = (1 << rest) - 1;
            words
                .iter_mut()
                .skip(self.per_row - 1)
                .step_by(self.per_row)
                .for_each(|word| *word &= mask);
        }
        Self { words, ..*self }
    }

    /// Pixels in a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// Whether a pixel is dark. Beyond the rim everything is light.
    #[inline]
    pub(crate) fn is_dark(&self, x: isize, y: isize) -> bool {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
            return false;
        }
        let (x, y) = (x as usize, y as usize);
        self.words[y * self.per_row + x / 64] >> (x % 64) & 1 == 1
    }

    /// How often every `step`-th row changes its colour, in all.
    pub(crate) fn count_changes(&self, step: usize) -> usize {
        let of_row = |row: &[u64]| {
            let mut before = 0;
            let changes = row.iter().map(|&word| {
                let changes = word ^ (word << 1 | before);
                before = word >> 63;
                changes.count_ones() as usize
            });
            changes.sum::<usize>()
        };
        let rows = self.words.chunks_exact(self.per_row.max(1));
        rows.skip(step / 2).step_by(step).map(of_row).sum()
    }

    /// Writes the columns where a row changes its colour: the first is where it becomes dark, the next where it becomes
    /// light again, and so on. A row that ends dark becomes light at its end.
    pub(crate) fn changes(&self, y: usize, into: &mut Vec<u32>) {
        into.clear();
        let mut before = 0_u64;
        for (index, &word) in self.words[y * self.per_row..][..self.per_row]
            .iter()
            .enumerate()
        {
            let mut changes = word ^ (word << 1 | before);
            before = word >> 63;
            // So many at once: room is asked for once, which textures would ask for all the time.
            into.extend((0..changes.count_ones()).map(|_| {
                let place = index as u32 * 64 + changes.trailing_zeros();
                changes &= changes - 1;
                place
            }));
        }
        if into.len() % 2 == 1 {
            into.push(self.width as u32);
        }
    }
}

/// The sums of the squares around the pixels of a row.
struct Around<'a> {
    plane: &'a Plane,
    radius: usize,
    /// What the columns left of a place sum to, over the rows around the current one: for each place from `radius` left
    /// of the plane to `radius` right of it, with nothing in columns that do not exist. A square's sum is the difference
    /// of two of these, at the rim as everywhere.
    totals: Vec<u32>,
    /// How many columns of the plane each square has.
    columns: Vec<i32>,
    /// How many of its rows.
    rows: usize,
    /// How many of its pixels.
    areas: Vec<i32>,
    /// A row that adds nothing.
    nothing: Vec<u8>,
}

impl<'a> Around<'a> {
    /// Around a row above the plane, whose squares end above its first row.
    fn new(plane: &'a Plane, radius: usize) -> Self {
        let width = plane.width();
        let columns = (0..width).map(|x| reach(x, radius, width).len() as i32);
        let mut around = Self {
            plane,
            radius,
            totals: vec![0; width + 2 * radius + 1],
            columns: columns.collect(),
            rows: 0,
            areas: vec![0; width],
            nothing: vec![0; width],
        };
        for y in 0..radius.min(plane.height()) {
            around.slide(Some(y), None);
        }
        around
    }

    /// Goes on to row `y` from the one above it.
    fn enter(&mut self, y: usize) {
        let height = self.plane.height();
        let entering = y + self.radius;
        self.slide(
            (entering < height).then_some(entering),
            y.checked_sub(self.radius + 1),
        );
        let rows = reach(y, self.radius, height).len();
        if self.rows != rows {
            self.rows = rows;
            for (area, columns) in self.areas.iter_mut().zip(&self.columns) {
                *area = columns * rows as i32;
            }
        }
    }

    fn slide(&mut self, entering: Option<usize>, leaving: Option<usize>) {
        let row = |y: Option<usize>| y.map_or(&*self.nothing, |y| self.plane.row(y));
        let (columns, beyond) = self.totals[self.radius + 1..].split_at_mut(self.plane.width());
        simd::slide(columns, row(entering), row(leaving));
        beyond.fill(columns.last().copied().unwrap_or(0));
    }

    /// For each square the total up to its first column, and up to its last.
    fn sums(&self) -> [&[u32]; 2] {
        [0, 2 * self.radius + 1].map(|from| &self.totals[from..][..self.plane.width()])
    }
}

/// What exists of the places from `radius` below to `radius` above one.
fn reach(at: usize, radius: usize, end: usize) -> Range<usize> {
    at.saturating_sub(radius)..(at + radius + 1).min(end)
}

/// For each square of 8 by 8 pixels the brightness between its dark and its light, or a guess from its neighbours where
/// it has one colour.
fn levels(plane: &Plane, across: usize) -> Vec<u8> {
    let width = plane.width();
    let mut levels = vec![0; across * plane.height().div_ceil(SIDE)];
    let mut squares = vec![Square::default(); across];
    for (y, strip) in plane.strips(SIDE).enumerate() {
        simd::squares(strip, width, &mut squares);
        let (above, here) = levels.split_at_mut(y * across);
        let here = &mut here[..across];
        let rows = strip.len() / width;
        let whole = Divisor::new(rows * SIDE);
        for (level, square) in here.iter_mut().zip(&squares) {
            *level = whole.divide(square.sum);
        }
        if let (Some(level), Some(square)) = (here.last_mut(), squares.last()) {
            let columns = width - (across - 1) * SIDE;
            *level = Divisor::new(rows * columns).divide(square.sum);
        }
        guess_flat(
            here,
            &squares,
            y.checked_sub(1).map(|y| &above[y * across..]),
        );
    }
    levels
}

/// A square of one colour is light, unless it is darker than the levels around it (above and at the left, which are known
/// already).
fn guess_flat(levels: &mut [u8], squares: &[Square], above: Option<&[u8]>) {
    let mut left = 0;
    for (x, (level, square)) in levels.iter_mut().zip(squares).enumerate() {
        let around = match above {
            Some(above) if x > 0 => {
                (2 * u16::from(left) + u16::from(above[x - 1]) + u16::from(above[x])) / 4
            }
            _ => 0,
        } as u8;
        let guess = if square.low < around {
            around
        } else {
            square.low / 2
        };
        if square.high - square.low <= FLAT {
            *level = guess;
        }
        left = *level;
    }
}

/// The mean of five by five squares around each; at the rim of the nearest five by five that there are.
fn smooth(levels: &[u8], across: usize) -> Vec<u8> {
    const REACH: usize = 2;
    let down = levels.len() / across;
    let (wide, high) = (across.min(2 * REACH + 1), down.min(2 * REACH + 1));
    let divisor = Divisor::new(wide * high);
    let mut columns = vec![0_u16; across];
    // For each group of columns that there is, from the leftmost on.
    let mut sums = vec![0_u16; across - wide + 1];
    let rim = (across - sums.len()) / 2;
    let mut smooth = vec![0; levels.len()];
    for (y, out) in smooth.chunks_exact_mut(across).enumerate() {
        let from = y.saturating_sub(REACH).min(down - high);
        columns.fill(0);
        for row in levels[from * across..][..high * across].chunks_exact(across) {
            for (column, &level) in columns.iter_mut().zip(row) {
                *column += u16::from(level);
            }
        }
        sums.fill(0);
        for from in 0..wide {
            for (sum, column) in sums.iter_mut().zip(&columns[from..]) {
                *sum += column;
            }
        }
        for (out, &sum) in out[rim..].iter_mut().zip(&sums) {
            *out = divisor.divide(sum);
        }
        let (first, last) = (out[rim], out[rim + sums.len() - 1]);
        out[..rim].fill(first);
        out[rim + sums.len()..].fill(last);
    }
    smooth
}

/// Means of so many pixels or squares, without a division for each.
struct Divisor {
    reciprocal: u32,
}

impl Divisor {
    /// With 20 bits the mean of up to 64 bytes is exact: the reciprocal is too large by less than the count in 2^20, and
    /// that times the sum stays below 1 in 2^20.
    const BITS: u32 = 20;

    fn new(count: usize) -> Self {
        Self {
            reciprocal: (1_u32 << Self::BITS).div_ceil(count as u32),
        }
    }

    /// The mean, rounded down, of as many bytes as the divisor says, which have this sum.
    fn divide(&self, sum: u16) -> u8 {
        ((u32::from(sum) * self.reciprocal) >> Self::BITS) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reciprocals_divide_exactly() {
        for count in 1..=64_u16 {
            let divisor = Divisor::new(count.into());
            for sum in 0..=255 * count {
                assert_eq!(
                    u16::from(divisor.divide(sum)),
                    sum / count,
                    "{sum} / {count}"
                );
            }
        }
    }
}
