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
mod tests {
    use super::*;
    use crate::Frame;
    use crate::plane::Plane;

    /// Symbols of another encoder, M2, M3 and M4, as rows of hexadecimal digits.
    const SYMBOLS: [(&str, &str); 3] = [
        (
            "A1B2",
            "1fd5 1046 1754 1749 1753 1041 1fc3 16 1d1a 7e9 1aed 2d8 18a6",
        ),
        (
            "hello",
            "7f55 4164 5d21 5d3e 5d49 4105 7f61 4e 41eb 274a 7039 47a 70c5 2785 65b9",
        ),
        (
            "hello-World9",
            "1fd55 10414 1753c 17508 17414 1047b 1fdc9 101 15ef5 e8c5 17573 ae8c 11d55 6ce4 1aca0 6e4d 1ba98",
        ),
    ];

    const SIZE: u32 = 200;

    /// Where the symbol's upper left corner is.
    const CORNER: [f32; 2] = [90.3, 60.8];

    fn rows(symbol: &str) -> Vec<u32> {
        let row = |digits| u32::from_str_radix(digits, 16).expect("it is a number");
        symbol.split(' ').map(row).collect()
    }

    /// The way to the right and the way down, a module long each, in pixels.
    fn sides(module: f32, degrees: f32) -> [[f32; 2]; 2] {
        let (sin, cos) = degrees.to_radians().sin_cos();
        [[module * cos, module * sin], [-module * sin, module * cos]]
    }

    /// The place so many modules from the symbol's corner.
    fn place([right, down]: [[f32; 2]; 2], [u, v]: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| CORNER[axis] + u * right[axis] + v * down[axis])
    }

    /// A picture of the symbol, each pixel the mean of sixteen places in it.
    fn picture(rows: &[u32], sides: [[f32; 2]; 2]) -> Pyramid {
        let side = rows.len();
        let [[ax, ay], [bx, by]] = sides;
        let area = ax * by - ay * bx;
        let is_dark = |[x, y]: [f32; 2]| {
            let (x, y) = (x - CORNER[0], y - CORNER[1]);
            let (u, v) = ((x * by - y * bx) / area, (y * ax - x * ay) / area);
            let is_inside = (0.0..side as f32).contains(&u) && (0.0..side as f32).contains(&v);
            is_inside && rows[v as usize] >> (side - 1 - u as usize) & 1 == 1
        };
        let pixel = |index: u32| {
            let [x, y] = [index % SIZE, index / SIZE].map(|at| at as f32);
            let parts = (0..16_u8).map(|part| [part % 4, part / 4].map(|at| f32::from(at) / 4.0));
            let dark = parts.filter(|[dx, dy]| is_dark([x + dx + 0.125, y + dy + 0.125]));
            230 - 12 * dark.count() as u8
        };
        let pixels: Vec<u8> = (0..SIZE * SIZE).map(pixel).collect();
        let frame = Frame::new(&pixels, SIZE, SIZE, SIZE as usize).expect("it is whole");
        Pyramid::new(Plane::copy(frame))
    }

    /// The symbol's finder pattern, given as if it lay this way up.
    fn finder(sides: [[f32; 2]; 2], turn: usize) -> Finder {
        let finder = Finder {
            centre: place(sides, [3.5, 3.5]),
            sides,
            quality: 0.8,
        };
        turns(finder)[turn]
    }

    fn read_at(pyramid: &Pyramid, finders: &[Finder], effort: &Effort) -> Vec<Code> {
        let mut codes = Vec::new();
        micro_qr_at(pyramid, finders, effort, &mut codes);
        codes
    }

    fn enough() -> Effort {
        Effort::of_pixels((SIZE * SIZE).into())
    }

    #[test]
    fn each_version_is_read_however_it_lies_with_less_than_two_pixels_for_a_module() {
        for (text, symbol) in SYMBOLS {
            let rows = rows(symbol);
            let end = rows.len() as f32;
            for (module, degrees) in [(1.8, 0.0), (2.0, 10.0), (2.3, 45.0), (3.0, 130.0)] {
                let sides = sides(module, degrees);
                let pyramid = picture(&rows, sides);
                // Which of its sides is the upper one no pattern tells.
                for turn in 0..4 {
                    let codes = read_at(&pyramid, &[finder(sides, turn)], &enough());
                    let told = format!("{text} of {module} pixels, {degrees} degrees, turn {turn}");
                    let [code] = &codes[..] else {
                        panic!("{told}: {codes:?}")
                    };
                    assert_eq!(
                        (code.symbology, &*code.text),
                        (Symbology::MicroQr, text),
                        "{told}"
                    );
                    let corners = [[0.0, 0.0], [end, 0.0], [end, end], [0.0, end]];
                    for (corner, expected) in code.corners.iter().zip(corners) {
                        let expected = place(sides, expected);
                        let away = (corner[0] - expected[0]).hypot(corner[1] - expected[1]);
                        assert!(away < 0.01, "{told}: {corner:?}, {expected:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_lies_beside_its_pattern_by_half_a_module_is_still_read() {
        let (text, symbol) = SYMBOLS[2];
        let sides = sides(3.0, 20.0);
        let pyramid = picture(&rows(symbol), sides);
        let check = |shift: f32, expected: &[&str]| {
            let mut finder = finder(sides, 0);
            finder.centre[0] += shift * 3.0;
            let codes = read_at(&pyramid, &[finder], &enough());
            let texts: Vec<&str> = codes.iter().map(|code| &*code.text).collect();
            assert_eq!(texts, expected, "{shift} modules beside it");
        };
        check(0.3, &[text]);
        check(-0.3, &[text]);
        check(1.0, &[]);
    }

    #[test]
    fn a_symbol_whose_timing_pattern_is_not_as_it_should_be_is_not_believed() {
        for (_, symbol) in SYMBOLS {
            let mut rows = rows(symbol);
            // The upper one, behind the finder pattern and its separator: all dark, as nothing in error correction tells.
            rows[0] |= (1 << (rows.len() - 8)) - 1;
            let sides = sides(3.0, 0.0);
            let codes = read_at(&picture(&rows, sides), &[finder(sides, 0)], &enough());
            assert_eq!(codes, [], "{symbol}");
        }
    }

    #[test]
    fn a_pattern_in_what_was_read_is_not_looked_at_and_the_best_patterns_come_first() {
        let (text, symbol) = SYMBOLS[1];
        let sides = sides(3.0, 0.0);
        let pyramid = picture(&rows(symbol), sides);
        let seen = finder(sides, 0);
        let mut codes = read_at(&pyramid, &[seen, seen], &enough());
        assert_eq!(codes.len(), 1, "it is one code");
        micro_qr_at(&pyramid, &[seen], &enough(), &mut codes);
        assert_eq!(codes.len(), 1, "it is known");
        // Texture, each of it worse than the pattern or better.
        let check = |quality, expected: &[&str]| {
            let other = |index: usize| Finder {
                centre: [20.0, 4.0 * index as f32],
                quality,
                ..seen
            };
            let mut finders: Vec<Finder> = (0..MOST).map(other).collect();
            finders.push(seen);
            let codes = read_at(&pyramid, &finders, &enough());
            let texts: Vec<&str> = codes.iter().map(|code| &*code.text).collect();
            assert_eq!(texts, expected, "others of quality {quality}");
        };
        check(0.7, &[text]);
        check(0.9, &[]);
    }

    #[test]
    fn without_work_that_is_left_nothing_is_read() {
        let (_, symbol) = SYMBOLS[0];
        let sides = sides(3.0, 0.0);
        let effort = enough();
        while !effort.is_spent() {
            effort.spend(Work::Guess);
        }
        assert_eq!(
            read_at(&picture(&rows(symbol), sides), &[finder(sides, 0)], &effort),
            []
        );
    }
}
