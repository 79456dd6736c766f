//! The kernels for 64-bit ARM, where every machine has NEON. What is left over behind the last whole vector is done
//! without. They ran in an emulator only: that they are faster is concluded from the number of instructions.

use std::arch::aarch64::*;

use super::{SIDE, Square, WORD, portable};

/// Bytes in a vector.
const BYTES: usize = 16;

/// See [`super::squares`].
#[target_feature(enable = "neon")]
pub(super) fn squares(strip: &[u8], width: usize, squares: &mut [Square]) {
    let (groups, _) = squares.as_chunks_mut();
    let whole = groups.len().min(width / BYTES);
    for (index, group) in groups[..whole].iter_mut().enumerate() {
        *group = whole_squares(strip, width, index * BYTES);
    }
    let done = whole * BYTES;
    portable::ragged_squares(strip, width, done, &mut squares[done / SIDE..]);
}

#[target_feature(enable = "neon")]
#[inline]
fn whole_squares(strip: &[u8], width: usize, column: usize) -> [Square; BYTES / SIDE] {
    let (mut sums, mut lows, mut highs) = (vdupq_n_u16(0), vdupq_n_u8(255), vdupq_n_u8(0));
    for row in strip.chunks_exact(width) {
        let pixels = row[column..]
            .first_chunk()
            .expect("whole squares do not reach beyond the row");
        let pixels = load(pixels);
        // Two neighbours each: four numbers for a square.
        sums = vpadalq_u8(sums, pixels);
        lows = vminq_u8(lows, pixels);
        highs = vmaxq_u8(highs, pixels);
    }
    let sums = vpaddlq_u32(vpaddlq_u16(sums));
    let square = |sum: u64, low: u8, high: u8| Square {
        sum: sum as u16,
        low,
        high,
    };
    [
        square(
            vgetq_lane_u64::<0>(sums),
            vminv_u8(vget_low_u8(lows)),
            vmaxv_u8(vget_low_u8(highs)),
        ),
        square(
            vgetq_lane_u64::<1>(sums),
            vminv_u8(vget_high_u8(lows)),
            vmaxv_u8(vget_high_u8(highs)),
        ),
    ]
}

/// See [`super::darker`].
#[target_feature(enable = "neon")]
pub(super) fn darker(pixels: &[u8], limits: &[u8], words: &mut [u64]) {
    let (whole, rest) = pixels.as_chunks();
    let (whole_limits, _) = limits.as_chunks();
    for ((word, pixels), limits) in words.iter_mut().zip(whole).zip(whole_limits) {
        *word = darker_word(pixels, limits);
    }
    let done = whole.len();
    portable::darker(rest, &limits[done * WORD..], &mut words[done..]);
}

#[target_feature(enable = "neon")]
#[inline]
fn darker_word(pixels: &[u8; WORD], limits: &[u8; WORD]) -> u64 {
    let (pixels, _) = pixels.as_chunks();
    let (limits, _) = limits.as_chunks();
    // The place of each pixel's bit among eight.
    let places = load(&std::array::from_fn(|index| 1 << (index % 8)));
    let [first, second, third, fourth] = [0, 1, 2, 3].map(|index| {
        let dark = vcltq_u8(load(&pixels[index]), load(&limits[index]));
        vandq_u8(dark, places)
    });
    // Each step adds neighbours: the bits of eight pixels come together in one byte.
    let halves = vpaddq_u8(vpaddq_u8(first, second), vpaddq_u8(third, fourth));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(halves, halves)))
}

/// See [`super::slide`]; the compiler's vectors serve.
#[target_feature(enable = "neon")]
pub(super) fn slide(totals: &mut [u32], entering: &[u8], leaving: &[u8]) {
    portable::slide(totals, entering, leaving);
}

/// See [`super::below_means`]; the compiler's vectors serve.
#[target_feature(enable = "neon")]
pub(super) fn below_means(
    pixels: &[u8],
    offset: u8,
    from: &[u32],
    until: &[u32],
    areas: &[i32],
    words: &mut [u64],
) {
    portable::below_means(pixels, offset, from, until, areas, words);
}

/// 16 bytes.
#[target_feature(enable = "neon")]
#[inline]
fn load(bytes: &[u8; BYTES]) -> uint8x16_t {
    // SAFETY: the array has the 16 bytes that are read; the instruction asks for no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}
