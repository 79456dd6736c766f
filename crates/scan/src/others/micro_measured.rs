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
