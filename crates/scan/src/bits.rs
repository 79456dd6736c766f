//! Pixels as dark or light: a bit each, by a threshold that follows the light.

use crate::plane::Plane;

/// The side of the squares whose brightness is measured, in pixels.
const BLOCK: usize = 8;

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
        let thresholds = Thresholds::of(plane);
        let mut bits = Self::light(plane.width(), plane.height());
        for y in 0..bits.height {
            let row = plane.row(y);
            let thresholds = thresholds.row(y / BLOCK);
            let words = &mut bits.words[y * bits.per_row..][..bits.per_row];
            for (word, (pixels, thresholds)) in words
                .iter_mut()
                .zip(row.chunks(64).zip(thresholds.chunks(8)))
            {
                *word = pack(pixels, thresholds);
            }
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

    /// Dark is what is darker than the mean of a square around it, whose side is this part of the plane's width.
    pub(crate) fn mean(plane: &Plane, part: f32) -> Self {
        // A threshold right at the mean would make noise of an even surface.
        const BELOW: i32 = 2;
        let radius = (part * plane.width() as f32 / 2.0) as usize;
        Self::local_mean(plane, radius.max(3), BELOW)
    }

    /// Dark is what is at most as bright as the mean of the square of `2 * radius + 1` pixels around it, less `offset`.
    fn local_mean(plane: &Plane, radius: usize, offset: i32) -> Self {
        let (width, height) = (plane.width(), plane.height());
        let mut bits = Self::light(width, height);
        let mut columns = vec![0_u32; width];
        let row_at = |y: usize| plane.row(y.min(height - 1));
        for y in 0..=radius.min(height - 1) {
            add(&mut columns, row_at(y));
        }
        let mut rows = radius.min(height - 1) as u32 + 1;
        for y in 0..height {
            if y > 0 {
                if y + radius < height {
                    add(&mut columns, plane.row(y + radius));
                    rows += 1;
                }
                if y > radius {
                    subtract(&mut columns, plane.row(y - radius - 1));
                    rows -= 1;
                }
            }
            let row = plane.row(y);
            let words = &mut bits.words[y * bits.per_row..][..bits.per_row];
            let mut sum: u32 = columns[..=radius.min(width - 1)].iter().sum();
            let mut count = radius.min(width - 1) as u32 + 1;
            for x in 0..width {
                if x > 0 {
                    if x + radius < width {
                        sum += columns[x + radius];
                        count += 1;
                    }
                    if x > radius {
                        sum -= columns[x - radius - 1];
                        count -= 1;
                    }
                }
                let area = (count * rows) as i32;
                let dark = (i32::from(row[x]) + offset) * area <= sum as i32;
                words[x / 64] |= u64::from(dark) << (x % 64);
            }
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
            while changes != 0 {
                into.push(index as u32 * 64 + changes.trailing_zeros());
                changes &= changes - 1;
            }
        }
        if into.len() % 2 == 1 {
            into.push(self.width as u32);
        }
    }
}

fn add(sums: &mut [u32], row: &[u8]) {
    for (sum, &pixel) in sums.iter_mut().zip(row) {
        *sum += u32::from(pixel);
    }
}

fn subtract(sums: &mut [u32], row: &[u8]) {
    for (sum, &pixel) in sums.iter_mut().zip(row) {
        *sum -= u32::from(pixel);
    }
}

/// The bits of up to 64 pixels, each eight with a threshold of their own.
fn pack(pixels: &[u8], thresholds: &[u8]) -> u64 {
    let mut word = 0;
    for (index, (eight, &threshold)) in pixels.chunks(BLOCK).zip(thresholds).enumerate() {
        let mut byte = 0_u64;
        for (bit, &pixel) in eight.iter().enumerate() {
            byte |= u64::from(pixel <= threshold) << bit;
        }
        word |= byte << (8 * index);
    }
    word
}

/// The brightest dark, for each block.
struct Thresholds {
    values: Vec<u8>,
    across: usize,
}

impl Thresholds {
    fn of(plane: &Plane) -> Self {
        let across = plane.width().div_ceil(BLOCK);
        let down = plane.height().div_ceil(BLOCK);
        let levels = levels(plane, across, down);
        Self {
            values: smooth(&levels, across, down),
            across,
        }
    }

    fn row(&self, block: usize) -> &[u8] {
        &self.values[block * self.across..][..self.across]
    }
}

/// For each block the brightness between its dark and its light, or a guess from its neighbours where it has one colour.
fn levels(plane: &Plane, across: usize, down: usize) -> Vec<u8> {
    let mut levels = vec![0_u8; across * down];
    let mut sums = vec![0_u32; across];
    let mut lows = vec![255_u8; across];
    let mut highs = vec![0_u8; across];
    for block_y in 0..down {
        let rows = BLOCK.min(plane.height() - block_y * BLOCK);
        sums.fill(0);
        lows.fill(255);
        highs.fill(0);
        for y in 0..rows {
            let row = plane.row(block_y * BLOCK + y);
            for (block, pixels) in row.chunks(BLOCK).enumerate() {
                let mut sum = 0_u32;
                let (mut low, mut high) = (lows[block], highs[block]);
                for &pixel in pixels {
                    sum += u32::from(pixel);
                    low = low.min(pixel);
                    high = high.max(pixel);
                }
                sums[block] += sum;
                (lows[block], highs[block]) = (low, high);
            }
        }
        for block in 0..across {
            let columns = BLOCK.min(plane.width() - block * BLOCK);
            let mean = (sums[block] / (rows * columns) as u32) as u8;
            let level = if highs[block] - lows[block] > FLAT {
                mean
            } else {
                flat_level(&levels, across, block, block_y, lows[block])
            };
            levels[block_y * across + block] = level;
        }
    }
    levels
}

/// A block of one colour is light, unless it is darker than the thresholds around it (above and at the left, which are
/// known already).
fn flat_level(levels: &[u8], across: usize, x: usize, y: usize, low: u8) -> u8 {
    let level = low / 2;
    if x == 0 || y == 0 {
        return level;
    }
    let at = |x: usize, y: usize| u16::from(levels[y * across + x]);
    let around = ((at(x - 1, y) * 2 + at(x, y - 1) + at(x - 1, y - 1)) / 4) as u8;
    if low < around { around } else { level }
}

/// The mean of five by five blocks around each; at the rim of the nearest five by five that there are.
fn smooth(levels: &[u8], across: usize, down: usize) -> Vec<u8> {
    const REACH: usize = 2;
    let span = |at: usize, end: usize| {
        let from = at
            .saturating_sub(REACH)
            .min(end.saturating_sub(2 * REACH + 1));
        from..(from + 2 * REACH + 1).min(end)
    };
    let mut sums = vec![0_u16; across * down];
    for y in 0..down {
        let row = &levels[y * across..][..across];
        for x in 0..across {
            sums[y * across + x] = row[span(x, across)]
                .iter()
                .map(|&level| u16::from(level))
                .sum();
        }
    }
    let mut smooth = vec![0; across * down];
    for y in 0..down {
        let rows = span(y, down);
        let count = rows.len() * across.min(2 * REACH + 1);
        for x in 0..across {
            let sum: u32 = rows.clone().map(|y| u32::from(sums[y * across + x])).sum();
            smooth[y * across + x] = (sum / count as u32) as u8;
        }
    }
    smooth
}
