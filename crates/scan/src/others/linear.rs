//! Bars in a picture: lines across it in several directions, and each reading followed up and down its bars.

use super::bars::{self, Bars, LEAST_EDGES};
use super::edges::{edges, halfway, stretches};
use super::line::Line;
use crate::Code;
use crate::effort::{Effort, Work};
use crate::places::{distance, is_inside};
use crate::plane::Plane;
use crate::text::{Coding, Content};

/// The way of the lines, in degrees clockwise from the picture's rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Direction(f32);

impl Direction {
    /// The likeliest first. Bars are read that are up to about ten degrees off, long low ones less.
    pub(crate) const ALL: [Self; 8] = [
        Self(0.0),
        Self(90.0),
        Self(45.0),
        Self(135.0),
        Self(22.5),
        Self(157.5),
        Self(67.5),
        Self(112.5),
    ];

    fn along(self) -> [f32; 2] {
        let (sin, cos) = self.0.to_radians().sin_cos();
        [cos, sin]
    }
}

/// From one line to the next, in pixels of the plane.
const APART: f32 = 16.0;

/// A symbol is read on so many lines, or it is none.
const LEAST_LINES: usize = 5;

/// It is at least so high, in modules and in pixels.
const LEAST_HEIGHT: [f32; 2] = [5.0, 7.0];

/// Lines that are tried on both sides of the first one.
const MOST_LINES: usize = 80;

/// What one line shows of a symbol.
struct Row {
    bars: Bars,
    /// Where its bars begin and end, in the line's own direction.
    ends: [[f32; 2]; 2],
    modules: usize,
}

impl Row {
    fn width(&self) -> f32 {
        distance(self.ends[0], self.ends[1])
    }

    fn module(&self) -> f32 {
        self.width() / self.modules as f32
    }

    /// How far to look from the middle, to see the quiet zones.
    fn reach(&self) -> f32 {
        const BEYOND: f32 = 14.0;
        self.width() / 2.0 + BEYOND * self.module()
    }
}

/// Adds the symbols of bars that lines in this direction cross, with corners `scale` times as far from the origin, while
/// work is left.
pub(crate) fn linear(
    plane: &Plane,
    direction: Direction,
    scale: f32,
    effort: &Effort,
    codes: &mut Vec<Code>,
) {
    let along = direction.along();
    let down = [-along[1], along[0]];
    let middle = [plane.width() as f32 / 2.0, plane.height() as f32 / 2.0];
    let reach = middle[0].hypot(middle[1]);
    let count = (reach / APART) as i32;
    for index in -count..=count {
        let offset = index as f32 * APART;
        let through = [0, 1].map(|axis| middle[axis] + offset * down[axis]);
        let Some(line) = Line::across(plane, through, along, reach) else {
            continue;
        };
        if effort.is_spent() {
            return;
        }
        effort.spend(Work::Line(line.samples));
        for row in rows(plane, line) {
            let place = [0, 1].map(|axis| scale * (row.ends[0][axis] + row.ends[1][axis]) / 2.0);
            if codes.iter().any(|code| is_inside(place, &code.corners)) {
                continue;
            }
            if effort.is_spent() {
                return;
            }
            if let Some(code) = follow(plane, &row, along, scale, effort) {
                code.add_to(codes);
            }
        }
    }
}

/// What a line crosses.
fn rows(plane: &Plane, line: Line) -> Vec<Row> {
    let brightness = line.brightness(plane);
    let edges = edges(&brightness);
    let row = |stretch: &[f32]| {
        let stretch = halfway(&brightness, stretch);
        let bars = bars::read(&stretch)?;
        Some(Row {
            modules: bars::modules(bars.symbology, stretch.len()),
            bars,
            ends: [stretch[0], stretch[stretch.len() - 1]].map(|at| line.place(at)),
        })
    };
    stretches(&edges, LEAST_EDGES)
        .into_iter()
        .filter_map(row)
        .collect()
}

/// How far bars go up and down: the last rows on both sides, and how many rows there are in all.
struct Extent {
    up: [[f32; 2]; 2],
    down: [[f32; 2]; 2],
    rows: usize,
}

impl Extent {
    fn of(plane: &Plane, first: &Row, along: [f32; 2], effort: &Effort) -> Self {
        let (up, rows_up) = walk(plane, first, along, -1.0);
        let (down, rows_down) = walk(plane, first, along, 1.0);
        let rows = 1 + rows_up + rows_down;
        effort.spend(Work::Line(rows * (2.0 * first.reach()) as usize));
        Self { up, down, rows }
    }

    fn height(&self) -> f32 {
        let [left, right] = [0, 1].map(|end| distance(self.up[end], self.down[end]));
        left.min(right)
    }

    /// Whether it is a symbol: not a pattern that looks like one by chance.
    fn is_enough(&self, first: &Row) -> bool {
        let [modules, pixels] = LEAST_HEIGHT;
        self.rows >= LEAST_LINES && self.height() >= pixels.max(modules * first.module())
    }

    /// The direction at right angles to the bars.
    fn across(&self) -> Option<[f32; 2]> {
        let bar = [0, 1].map(|axis| {
            self.down[0][axis] - self.up[0][axis] + self.down[1][axis] - self.up[1][axis]
        });
        let length = bar[0].hypot(bar[1]);
        (length > 0.0).then(|| [bar[1] / length, -bar[0] / length])
    }
}

/// Follows bars to where they end, and gives them if they are high enough.
fn follow(
    plane: &Plane,
    first: &Row,
    along: [f32; 2],
    scale: f32,
    effort: &Effort,
) -> Option<Code> {
    let mut extent = Extent::of(plane, first, along, effort);
    if !extent.is_enough(first) {
        return None;
    }
    // Lines at right angles to the bars stay on them for longer.
    if let Some(across) = extent.across() {
        let middle = [0, 1].map(|axis| (first.ends[0][axis] + first.ends[1][axis]) / 2.0);
        let line = Line::across(plane, middle, across, first.reach());
        let row = line.and_then(|line| {
            rows(plane, line)
                .into_iter()
                .find(|row| row.bars == first.bars)
        });
        let straight = row.map(|row| Extent::of(plane, &row, across, effort));
        if let Some(straight) = straight.filter(|straight| straight.height() > extent.height()) {
            extent = straight;
        }
    }
    let Extent { up, down, .. } = extent;
    let corners = if first.bars.backwards {
        [down[1], down[0], up[0], up[1]]
    } else {
        [up[0], up[1], down[1], down[0]]
    };
    Some(Code::of_content(
        first.bars.symbology,
        content(&first.bars),
        corners.map(|corner| corner.map(|at| at * scale)),
    ))
}

/// The bytes of bars: their characters are those of ISO 8859-1, which a Code 128 reaches by FNC4.
fn content(bars: &Bars) -> Content {
    let bytes: Option<Vec<u8>> = bars.text.chars().map(|c| u8::try_from(c).ok()).collect();
    let content = match bytes {
        Some(bytes) => Content::new(bytes, Coding::Latin1),
        None => Content::new(bars.text.clone().into_bytes(), Coding::Unstated),
    };
    Content {
        gs1: bars.gs1,
        ..content
    }
}

/// The last row with the same bars on one side, where they begin and end, and how many rows had them.
fn walk(plane: &Plane, first: &Row, along: [f32; 2], side: f32) -> ([[f32; 2]; 2], usize) {
    /// So many rows in a row without them: they have ended.
    const PATIENCE: usize = 3;
    /// After so many rows it is a symbol, and of its rest each step may be longer than the last, up to so many of the first.
    const SURE: usize = LEAST_LINES;
    const LONGER: f32 = 1.5;
    const LONGEST: f32 = 16.0;
    let least = first.module().max(1.5);
    let way = [-along[1], along[0]].map(|at| side * at);
    let (mut ends, mut lines, mut missed) = (first.ends, 0, 0);
    let (mut ahead, mut step, mut is_near_end) = (0.0, least, false);
    for _ in 0..MOST_LINES {
        ahead += step;
        let expected = ends.map(|end| [0, 1].map(|axis| end[axis] + ahead * way[axis]));
        let middle = [0, 1].map(|axis| (expected[0][axis] + expected[1][axis]) / 2.0);
        let is_next = |row: &Row| {
            let away = distance(row.ends[0], expected[0]);
            row.bars == first.bars && away < 4.0 * first.module() + 2.0 * step
        };
        let row = Line::across(plane, middle, along, first.reach())
            .and_then(|line| rows(plane, line).into_iter().find(is_next));
        match row {
            Some(row) => {
                (ends, lines, missed, ahead) = (row.ends, lines + 1, 0, 0.0);
                if lines >= SURE && !is_near_end {
                    step = (step * LONGER).min(LONGEST * least);
                }
            }
            // The end lies between here and the last row.
            None if step > least => {
                ahead -= step;
                (step, is_near_end) = (least, true);
            }
            None if missed + 1 == PATIENCE => break,
            None => missed += 1,
        }
    }
    (ends, lines)
}
