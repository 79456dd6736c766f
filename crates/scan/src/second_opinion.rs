//! What rqrr says, where our own search found nothing.

use rqrr::{BitGrid, Grid, Point, PreparedImage};

use crate::contain::contain;
use crate::symbol::{self, Modules};
use crate::{Code, Decoder, Frame};

/// Reads QR codes with rqrr, dark on light and light on dark.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct SecondOpinion;

/// The longest side of a frame that rqrr can look at as a whole, in pixels.
///
/// rqrr multiplies the length of a finder pattern's side, squared, with a coordinate in 32 bits (`line_intersect` in its
/// `geometry.rs`). A code that fills a frame of this size has finder patterns of a third of it, and 2600 cubed / 9 is
/// just below 2^31. In larger frames it cannot read large codes.
const WHOLE_SIDE: u32 = 2600;

impl Decoder for SecondOpinion {
    fn decode(&mut self, frame: Frame<'_>) -> Vec<Code> {
        let mut codes = Vec::new();
        look_both_ways(frame, 1, &mut codes);
        if let Some(smaller) = shrink(frame) {
            look_both_ways(smaller.frame(), smaller.factor, &mut codes);
        }
        codes
    }
}

/// Adds the codes of a frame that are not known yet, with their corners `factor` times as far from the origin.
fn look_both_ways(frame: Frame<'_>, factor: u32, codes: &mut Vec<Code>) {
    // rqrr looks for dark finder patterns alone, so light ones are made dark for a second look.
    for invert in [false, true] {
        // rqrr asserts things of pictures that do not always hold; such a picture has no codes to give.
        for mut code in contain(|| look(frame, invert)).unwrap_or_default() {
            for place in code.corners.as_flattened_mut() {
                *place *= factor as f32;
            }
            code.add_to(codes);
        }
    }
}

/// A frame whose pixels are the averages of `factor` times `factor` pixels.
struct Shrunk {
    grey: Vec<u8>,
    width: u32,
    height: u32,
    factor: u32,
}

impl Shrunk {
    fn frame(&self) -> Frame<'_> {
        Frame::new(&self.grey, self.width, self.height, self.width as usize)
            .expect("it has as many pixels as its size says")
    }
}

/// The frame in a size that rqrr can look at, if it is larger than that. What is left over at the right and at the
/// bottom, less than `factor` pixels, is left out.
fn shrink(frame: Frame<'_>) -> Option<Shrunk> {
    let factor = frame.width().max(frame.height()).div_ceil(WHOLE_SIDE);
    let (width, height) = (frame.width() / factor, frame.height() / factor);
    if factor == 1 || width == 0 || height == 0 {
        return None;
    }
    let side = factor as usize;
    let mut grey = Vec::with_capacity(width as usize * height as usize);
    let rows: Vec<&[u8]> = frame.rows().collect();
    for block in rows.chunks_exact(side) {
        let mut sums = vec![0_u32; width as usize];
        for row in block {
            for (sum, pixels) in sums.iter_mut().zip(row.chunks_exact(side)) {
                *sum += pixels.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
            }
        }
        grey.extend(sums.into_iter().map(|sum| (sum / (factor * factor)) as u8));
    }
    Some(Shrunk {
        grey,
        width,
        height,
        factor,
    })
}

/// One look at the frame as it is, or with light and dark exchanged.
fn look(frame: Frame<'_>, invert: bool) -> Vec<Code> {
    let flip = if invert { 0xff } else { 0 };
    let rows: Vec<&[u8]> = frame.rows().collect();
    let (width, height) = (frame.width() as usize, frame.height() as usize);
    let mut prepared =
        PreparedImage::prepare_from_greyscale(width, height, |x, y| rows[y][x] ^ flip);
    // One grid that rqrr stumbles over must not cost the others.
    prepared
        .detect_grids()
        .iter()
        .filter_map(|grid| contain(|| read(grid)).ok().flatten())
        .collect()
}

fn read<G: BitGrid>(grid: &Grid<G>) -> Option<Code> {
    let side = grid.grid.size();
    let values = (0..side * side).map(|place| {
        let is_dark = grid.grid.bit(place / side, place % side);
        if is_dark { i8::MAX } else { -i8::MAX }
    });
    // rqrr finds and samples; it reads the bytes alone, and not what the symbol states of them.
    let payload = symbol::read(&Modules::new(side, values.collect())?).ok()?;
    Some(Code::of_payload(payload, corners(grid.bounds, side)))
}

/// rqrr's bounds reach one module too far to the right and down: it maps a square of `modules` + 1. The corners are
/// those of the square of `modules` inside, found with the perspective that the four bounds give.
fn corners(bounds: [Point; 4], modules: usize) -> [[f32; 2]; 4] {
    let [a, b, c, d] = bounds.map(|point| [f64::from(point.x), f64::from(point.y)]);
    let perspective = Perspective::of_unit_square([a, b, c, d]);
    let end = modules as f64 / (modules as f64 + 1.0);
    [[0.0, 0.0], [end, 0.0], [end, end], [0.0, end]].map(|point| perspective.map(point))
}

/// A projective map of the unit square, after P. Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989),
/// section 2.2.3.
struct Perspective {
    x: [f64; 3],
    y: [f64; 3],
    w: [f64; 3],
}

impl Perspective {
    /// The map that takes (0,0), (1,0), (1,1), (0,1) to these points.
    fn of_unit_square([p0, p1, p2, p3]: [[f64; 2]; 4]) -> Self {
        let sum = [0, 1].map(|i| p0[i] - p1[i] + p2[i] - p3[i]);
        let d1 = [0, 1].map(|i| p1[i] - p2[i]);
        let d2 = [0, 1].map(|i| p3[i] - p2[i]);
        let determinant = d1[0] * d2[1] - d2[0] * d1[1];
        let (g, h) = if determinant == 0.0 {
            (0.0, 0.0)
        } else {
            (
                (sum[0] * d2[1] - d2[0] * sum[1]) / determinant,
                (d1[0] * sum[1] - sum[0] * d1[1]) / determinant,
            )
        };
        let axis = |i: usize| [p1[i] - p0[i] + g * p1[i], p3[i] - p0[i] + h * p3[i], p0[i]];
        Self {
            x: axis(0),
            y: axis(1),
            w: [g, h, 1.0],
        }
    }

    fn map(&self, [u, v]: [f64; 2]) -> [f32; 2] {
        let along = |row: [f64; 3]| row[0] * u + row[1] * v + row[2];
        let w = along(self.w);
        [(along(self.x) / w) as f32, (along(self.y) / w) as f32]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_frames_shrink_and_by_whole_numbers() {
        let check = |(width, height), expected: Option<(u32, u32, u32)>| {
            let pixels = vec![9; width as usize * height as usize];
            let frame = Frame::new(&pixels, width, height, width as usize).expect("it fits");
            let shrunk = shrink(frame).map(|shrunk| {
                let all_nine = shrunk.frame().rows().flatten().all(|&pixel| pixel == 9);
                assert!(all_nine, "{width} x {height}");
                (shrunk.width, shrunk.height, shrunk.factor)
            });
            assert_eq!(shrunk, expected, "{width} x {height}");
        };
        check((1, 1), None);
        check((2600, 2600), None);
        check((2601, 10), Some((1300, 5, 2)));
        check((3, 5201), Some((1, 1733, 3)));
        // Too thin for any code.
        check((1, 5201), None);
    }
}
