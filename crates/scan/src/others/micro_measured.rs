//! Micro QR codes at finder patterns that rays have measured. Their edges are known to a fraction of a pixel there, and the
//! brightness is sampled between pixels, which small modules need.

use super::micro_qr::{LEAST, fixed};
use crate::Code;
use crate::effort::{Effort, Work};
use crate::places::is_inside;
use crate::qr::{Finder, Grid, Pyramid};
use crate::symbol::read_micro;
use crate::symbology::Symbology;

/// More finder patterns are not looked at, the best first: they are texture.
const MOST: usize = 12;

/// The sides of M4, M3 and M2, in modules.
const SIDES: [usize; 3] = [17, 15, 13];

/// The radius of the surroundings that a module is compared with, in modules.
const SURROUNDINGS: usize = 4;

/// Adds the Micro QR codes that have these finder patterns, given in pixels of the picture.
pub(crate) fn micro_qr_at(
    pyramid: &Pyramid,
    finders: &[Finder],
    effort: &Effort,
    codes: &mut Vec<Code>,
) {
    let mut finders = finders.to_vec();
    finders.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    for finder in finders.into_iter().take(MOST) {
        let is_read = |code: &Code| is_inside(finder.centre, &code.corners);
        if codes.iter().any(is_read) || !effort.affords(Work::Decode(SIDES[0])) {
            continue;
        }
        if let Some(code) = turns(finder).iter().find_map(|turn| read(pyramid, turn)) {
            code.add_to(codes);
        }
    }
}

/// The four ways in which the pattern may lie.
fn turns(finder: Finder) -> [Finder; 4] {
    let mut next = finder;
    std::array::from_fn(|_| {
        let [right, down] = next.sides;
        let turned = [down, right.map(|part| -part)];
        std::mem::replace(
            &mut next,
            Finder {
                sides: turned,
                ..finder
            },
        )
    })
}

fn read(pyramid: &Pyramid, finder: &Finder) -> Option<Code> {
    /// The column and the row of the pattern's middle.
    const MIDDLE: f32 = 3.5;
    let (plane, factor) = pyramid.for_module(finder.module());
    let place = |at: [f32; 2]| finder.place(at.map(|part| part - MIDDLE));
    SIDES.into_iter().find_map(|side| {
        let at = |index: usize| [index % side, index / side].map(|part| part as f32 + 0.5);
        let values =
            (0..side * side).map(|index| plane.at(place(at(index)).map(|part| part * factor)));
        let grid = Grid {
            side,
            values: values.collect(),
        };
        let contrast = grid.contrast(SURROUNDINGS);
        let is_dark = |x: usize, y: usize| contrast[y * side + x] > 0.0;
        let (mut right, mut all) = (0, 0);
        for (x, y, dark) in fixed(side as u32) {
            all += 1;
            right += i32::from(is_dark(x as usize, y as usize) == dark);
        }
        if (right as f32) < LEAST * all as f32 {
            return None;
        }
        let content = read_micro(side, is_dark)?;
        let end = side as f32;
        let corners = [[0.0, 0.0], [end, 0.0], [end, end], [0.0, end]].map(place);
        Some(Code::of_content(Symbology::MicroQr, content, corners))
    })
}

#[cfg(test)]
#[path = "../../tests/it/micro_qr.rs"]
mod encoder;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Frame;
    use crate::bits::Bits;
    use crate::plane::Plane;
    use crate::qr::{Search, spots};
    use crate::stage::Stages;

    const SIDE: u32 = 160;

    /// Numbers from 0 to 1 that are the same every time: a linear congruential generator (Knuth's MMIX).
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> f32 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f32 / (1 << 24) as f32
        }

        fn text(&mut self) -> String {
            let length = 4 + (self.next() * 10.0) as usize;
            let letter = |_| char::from(b'A' + (self.next() * 26.0) as u8);
            (0..length).map(letter).collect()
        }
    }

    /// A label with modules of so many pixels that lies between them, turned by any angle, with a little noise.
    fn photograph(text: &str, module: f32, random: &mut Random) -> Plane {
        /// Each pixel is the mean of so many places each way.
        const PARTS: u32 = 4;
        let rows = encoder::micro_qr(text);
        let (sin, cos) = (random.next() * std::f32::consts::TAU).sin_cos();
        let middle = [0, 1].map(|_| SIDE as f32 / 2.0 + random.next());
        let is_dark = |at: [f32; 2]| {
            let [x, y] = [0, 1].map(|axis| (at[axis] - middle[axis]) / module);
            let [column, row] =
                [x * cos + y * sin, y * cos - x * sin].map(|at| at + rows.len() as f32 / 2.0);
            let place = |at: f32| (at >= 0.0).then_some(at as usize);
            let (Some(column), Some(row)) = (place(column), place(row)) else {
                return false;
            };
            rows.get(row)
                .and_then(|row| row.get(column))
                .is_some_and(|&dark| dark)
        };
        let part = |pixel: u32, part: u32| pixel as f32 + (part as f32 + 0.5) / PARTS as f32;
        let pixel = |index: u32| {
            let parts = (0..PARTS * PARTS).filter(|at| {
                is_dark([
                    part(index % SIDE, at % PARTS),
                    part(index / SIDE, at / PARTS),
                ])
            });
            let noise = 12.0 * random.next() - 6.0;
            (225.0 - 12.0 * parts.count() as f32 + noise) as u8
        };
        let pixels: Vec<u8> = (0..SIDE * SIDE).map(pixel).collect();
        Plane::copy(Frame::new(&pixels, SIDE, SIDE, SIDE as usize).expect("it is whole"))
    }

    /// How many of 40 labels are read; what is read must be right.
    fn read(module: f32) -> usize {
        let mut random = Random(1 + (10.0 * module) as u64);
        let labels = (0..40).filter(|_| {
            let text = random.text();
            let plane = photograph(&text, module, &mut random);
            let spots = spots(&Bits::local(&plane), 1);
            let mut search = Search::new(Pyramid::new(plane), Stages::ALL);
            search.add_at(0, spots);
            let effort = Effort::of_pixels(u64::from(SIDE * SIDE));
            let mut codes = Vec::new();
            micro_qr_at(search.pyramid(), search.finders(), &effort, &mut codes);
            assert!(
                codes
                    .iter()
                    .all(|code| code.text == text && code.symbology == Symbology::MicroQr)
            );
            codes.len() == 1
        });
        labels.count()
    }

    #[test]
    fn labels_between_the_pixels_are_read_at_measured_patterns() {
        let read = [1.6, 1.8, 2.0, 2.5, 3.0, 4.0].map(read);
        assert_eq!(read, [0, 0, 0, 0, 0, 0]);
    }
}
