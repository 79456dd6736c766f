//! Codes as programs draw them: upright, sharp, and alone in their picture.
//!
//! Then no finder pattern is needed to find the code: it lies in the box around all that is dark. So it may have round finder
//! patterns, damaged ones, dots for modules, a pixel for a module, and no quiet zone.

use super::grid::Grid;
use super::read::{Read, read_on_grid};
use super::warp::{Homography, Tie, Warp};
use crate::plane::Plane;
use crate::stage::Stages;

/// Less contrast than this is no drawing, in steps of brightness.
const CONTRAST: u8 = 64;

/// The part by which a drawing's width and height may differ.
const UNEQUAL: f32 = 0.03;

/// The modules of the timing patterns that must be as they should, in parts of all.
const TIMING: f32 = 0.9;

/// Reads the code that fills the box around all that is dark.
pub(crate) fn drawn(plane: &Plane, ways: Stages) -> Option<Read> {
    let bounds = Bounds::of(plane)?;
    (1..=40)
        .rev()
        .map(|version| 17 + 4 * version)
        .filter(|&side: &usize| bounds.shorter() >= side as f32)
        .find_map(|side| {
            let warp = bounds.warp(side)?;
            let is_likely = timing(plane, &warp, side) >= TIMING;
            let grid = is_likely.then(|| Grid::sample(plane, 1.0, &warp, side))?;
            read_on_grid(&grid, &warp, ways)
        })
}

/// A box in pixels: the first column and row, and those after the last.
struct Bounds {
    from: [usize; 2],
    until: [usize; 2],
}

impl Bounds {
    /// The box around what is darker than the middle of the darkest and the lightest pixel.
    fn of(plane: &Plane) -> Option<Self> {
        let darkest = *plane.pixels().iter().min()?;
        let lightest = *plane.pixels().iter().max()?;
        if lightest - darkest < CONTRAST {
            return None;
        }
        let threshold = darkest + (lightest - darkest) / 2;
        let mut bounds = Self {
            from: [usize::MAX; 2],
            until: [0; 2],
        };
        for y in 0..plane.height() {
            let row = plane.row(y);
            let is_dark = |pixel: &u8| *pixel <= threshold;
            let (Some(first), Some(last)) =
                (row.iter().position(is_dark), row.iter().rposition(is_dark))
            else {
                continue;
            };
            bounds.from = [bounds.from[0].min(first), bounds.from[1].min(y)];
            bounds.until = [bounds.until[0].max(last + 1), y + 1];
        }
        let [width, height] = bounds.size();
        ((width - height).abs() <= UNEQUAL * width.max(height)).then_some(bounds)
    }

    fn size(&self) -> [f32; 2] {
        [0, 1].map(|axis| (self.until[axis] - self.from[axis]) as f32)
    }

    fn shorter(&self) -> f32 {
        let [width, height] = self.size();
        width.min(height)
    }

    /// The map to this box from the modules of a code.
    fn warp(&self, side: usize) -> Option<Warp> {
        let end = side as f32;
        let ([left, top], [right, bottom]) = (self.from, self.until);
        let ties = [
            ([0.0, 0.0], [left, top]),
            ([end, 0.0], [right, top]),
            ([end, end], [right, bottom]),
            ([0.0, end], [left, bottom]),
        ];
        let tie = |(code, picture): ([f32; 2], [usize; 2])| Tie {
            code,
            picture: picture.map(|part| part as f32),
            weight: 1.0,
        };
        Homography::fit(&ties.map(tie)).map(Warp::flat)
    }
}

/// The part of the timing patterns' modules, which lie between the finder patterns and are dark and light by turns, that are
/// as they should.
fn timing(plane: &Plane, warp: &Warp, side: usize) -> f32 {
    let brightness = |x: usize, y: usize| plane.at(warp.map([x as f32 + 0.5, y as f32 + 0.5]));
    let places = (8..side - 8).flat_map(|at| [(at, 6), (6, at)]);
    let values: Vec<(bool, f32)> = places
        .map(|(x, y)| ((x + y) % 2 == 0, brightness(x, y)))
        .collect();
    let mean = values.iter().map(|(_, value)| value).sum::<f32>() / values.len() as f32;
    let right = values
        .iter()
        .filter(|(is_dark, value)| *is_dark == (*value < mean));
    right.count() as f32 / values.len() as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qrcodegen::{QrCode, QrCodeEcc};

    use super::*;
    use crate::Frame;

    /// Draws what is dark at a place on the code, in modules, with so many pixels for a module.
    fn draw(
        code: &QrCode,
        module: usize,
        rim: usize,
        is_dark: impl Fn([f32; 2]) -> bool,
    ) -> (Vec<u8>, usize) {
        let side = code.size() as usize * module + 2 * rim;
        let place = |at: usize| (at as f32 + 0.5 - rim as f32) / module as f32;
        let pixel = |index: usize| [place(index % side), place(index / side)];
        let pixels = (0..side * side).map(|index| if is_dark(pixel(index)) { 0 } else { 255 });
        (pixels.collect(), side)
    }

    fn read((pixels, side): &(Vec<u8>, usize)) -> Option<Read> {
        let frame = Frame::new(pixels, *side as u32, *side as u32, *side).expect("it is whole");
        drawn(&Plane::copy(frame), Stages::ALL)
    }

    fn module(code: &QrCode, place: [f32; 2]) -> bool {
        let [x, y] = place.map(|part| part.floor() as i32);
        code.get_module(x, y)
    }

    fn encode(text: &str) -> QrCode {
        QrCode::encode_text(text, QrCodeEcc::Medium).expect("it fits")
    }

    proptest! {
        #[test]
        fn a_pixel_for_a_module_and_more_are_read(text in "[ -~]{1,200}", pixels in 1..6_usize, rim in 0..9_usize) {
            let code = encode(&text);
            let picture = draw(&code, pixels, rim, |place| module(&code, place));
            let read = read(&picture).expect("nothing is wrong with it");
            let far = (picture.1 - rim) as f32;
            for (corner, expected) in read.corners.iter().zip([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]) {
                for axis in 0..2 {
                    let expected = if expected[axis] == 0.0 { rim as f32 } else { far };
                    prop_assert!((corner[axis] - expected).abs() < 0.1);
                }
            }
            prop_assert_eq!(read.payload.content.text().0, text);
        }
    }

    #[test]
    fn dots_and_round_finder_patterns_are_read() {
        let code = encode("sqr_dots");
        let end = code.size() as f32;
        let is_dark = |[x, y]: [f32; 2]| {
            let finders = [[3.5, 3.5], [end - 3.5, 3.5], [3.5, end - 3.5]];
            let away = |[u, v]: [f32; 2]| (x - u).hypot(y - v);
            if let Some(away) = finders.map(away).into_iter().find(|away| *away < 4.9) {
                return away < 1.5 || (2.5..3.5).contains(&away);
            }
            let is_dot = (x.fract() - 0.5).hypot(y.fract() - 0.5) < 0.35;
            is_dot && module(&code, [x, y])
        };
        let read = read(&draw(&code, 7, 0, is_dark)).expect("its dots are in their places");
        assert_eq!(read.payload.content.text().0, "sqr_dots");
    }

    #[test]
    fn what_is_no_code_or_has_something_beside_it_is_not_read() {
        let code = encode("sqr_beside");
        let beside = |place: [f32; 2]| place[0] < -2.0 || module(&code, place);
        let checkers = |[x, y]: [f32; 2]| (x.floor() + y.floor()) % 2.0 == 0.0;
        let nothing = |_| false;
        assert!(read(&draw(&code, 4, 16, beside)).is_none());
        assert!(read(&draw(&code, 4, 16, checkers)).is_none());
        assert!(read(&draw(&code, 4, 16, nothing)).is_none());
    }
}
