//! The kernels without intrinsics: loops over pieces of a fixed size that a compiler turns into vectors by itself.
//!
//! They are inlined always, so that a function with more target features makes better code of the same lines.

use super::{SIDE, Square, WORD};

/// Pixels that are looked at together in [`squares`]: their sums and extremes fit the registers of the smallest machines.
const LANES: usize = 4 * SIDE;

/// See [`super::squares`].
#[inline(always)]
pub(super) fn squares(strip: &[u8], width: usize, squares: &mut [Square]) {
    let (groups, rest) = squares.as_chunks_mut();
    let mut column = 0;
    for group in groups {
        if column + LANES <= width {
            *group = whole_squares(strip, width, column);
        } else {
            ragged_squares(strip, width, column, group);
        }
        column += LANES;
    }
    ragged_squares(strip, width, column, rest);
}

#[inline(always)]
fn whole_squares(strip: &[u8], width: usize, column: usize) -> [Square; LANES / SIDE] {
    let mut sums = [0_u16; LANES];
    let mut lows = [255_u8; LANES];
    let mut highs = [0_u8; LANES];
    for row in strip.chunks_exact(width) {
        let pixels: &[u8; LANES] = row[column..]
            .first_chunk()
            .expect("whole squares do not reach beyond the row");
        for index in 0..LANES {
            sums[index] += u16::from(pixels[index]);
            lows[index] = lows[index].min(pixels[index]);
            highs[index] = highs[index].max(pixels[index]);
        }
    }
    std::array::from_fn(|square| {
        let from = square * SIDE;
        Square {
            sum: sums[from..][..SIDE].iter().sum(),
            low: lows[from..][..SIDE].iter().copied().fold(255, u8::min),
            high: highs[from..][..SIDE].iter().copied().fold(0, u8::max),
        }
    })
}

/// Squares from a column on, any of which may end with the row.
pub(super) fn ragged_squares(strip: &[u8], width: usize, column: usize, squares: &mut [Square]) {
    for (index, square) in squares.iter_mut().enumerate() {
        let from = column + index * SIDE;
        let until = (from + SIDE).min(width);
        *square = Square {
            sum: 0,
            low: 255,
            high: 0,
        };
        for &pixel in strip.chunks_exact(width).flat_map(|row| &row[from..until]) {
            square.sum += u16::from(pixel);
            square.low = square.low.min(pixel);
            square.high = square.high.max(pixel);
        }
    }
}

/// See [`super::darker`].
#[inline(always)]
pub(super) fn darker(pixels: &[u8], limits: &[u8], words: &mut [u64]) {
    let (whole, rest) = pixels.as_chunks::<WORD>();
    let (limits, last) = limits.as_chunks::<WORD>();
    for ((word, pixels), limits) in words.iter_mut().zip(whole).zip(limits) {
        *word = gather(&std::array::from_fn(|index| {
            u8::from(pixels[index] < limits[index])
        }));
    }
    if let Some(word) = words.get_mut(whole.len()) {
        let limits = limits.get(whole.len()).map_or(last, <[u8; WORD]>::as_slice);
        let mut flags = [0; WORD];
        for ((flag, pixel), limit) in flags.iter_mut().zip(rest).zip(limits) {
            *flag = u8::from(pixel < limit);
        }
        *word = gather(&flags);
    }
}

/// The bits of 64 flags, each 0 or 1.
#[inline(always)]
fn gather(flags: &[u8; WORD]) -> u64 {
    // Eight bytes in a row are eight digits; this product has all their lowest bits in its highest byte, in their order.
    const TO_THE_TOP: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks();
    u64::from_le_bytes(std::array::from_fn(|index| {
        (u64::from_le_bytes(eights[index]).wrapping_mul(TO_THE_TOP) >> 56) as u8
    }))
}

/// See [`super::slide`].
#[inline(always)]
pub(super) fn slide(totals: &mut [u32], entering: &[u8], leaving: &[u8]) {
    slide_on(totals, entering, leaving, 0);
}

/// The same behind columns where this much has come in.
#[inline(always)]
pub(super) fn slide_on(totals: &mut [u32], entering: &[u8], leaving: &[u8], mut more: u32) {
    for ((total, &entering), &leaving) in totals.iter_mut().zip(entering).zip(leaving) {
        more = more
            .wrapping_add(u32::from(entering))
            .wrapping_sub(u32::from(leaving));
        *total = total.wrapping_add(more);
    }
}

/// See [`super::below_means`].
#[inline(always)]
pub(super) fn below_means(
    pixels: &[u8],
    offset: u8,
    from: &[u32],
    until: &[u32],
    areas: &[i32],
    words: &mut [u64],
) {
    let below = |pixel: u8, from: u32, until: u32, area: i32| {
        let sum = until.wrapping_sub(from) as i32;
        u8::from((i32::from(pixel) + i32::from(offset)) * area <= sum)
    };
    let (whole, rest) = pixels.as_chunks::<WORD>();
    let (areas, last_areas) = areas.as_chunks::<WORD>();
    let (from, last_from) = from.as_chunks::<WORD>();
    let (until, last_until) = until.as_chunks::<WORD>();
    for (at, pixels) in whole.iter().enumerate() {
        let (from, until, areas) = (&from[at], &until[at], &areas[at]);
        words[at] = gather(&std::array::from_fn(|index| {
            below(pixels[index], from[index], until[index], areas[index])
        }));
    }
    if let Some(word) = words.get_mut(whole.len()) {
        let mut flags = [0; WORD];
        for (index, &pixel) in rest.iter().enumerate() {
            flags[index] = below(
                pixel,
                last_from[index],
                last_until[index],
                last_areas[index],
            );
        }
        *word = gather(&flags);
    }
}

/// See [`super::halve`].
#[inline(always)]
pub(crate) fn halve(upper: &[u8], lower: &[u8], out: &mut [u8]) {
    // Two neighbours as one number of 16 bits, which vectors split again without moving anything.
    let pair = |pair: [u8; 2]| {
        let pair = u16::from_le_bytes(pair);
        (pair & 0xff) + (pair >> 8)
    };
    let (upper, _) = upper.as_chunks();
    let (lower, _) = lower.as_chunks();
    for ((out, &upper), &lower) in out.iter_mut().zip(upper).zip(lower) {
        *out = ((pair(upper) + pair(lower) + 2) / 4) as u8;
    }
}
