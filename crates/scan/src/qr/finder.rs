//! Finder patterns: the squares in three corners of a QR code, whose middle every line crosses as 1:1:3:1:1.

use crate::bits::Bits;

/// A place that looks like a finder pattern along its row and its column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    /// The middle, in pixels.
    pub(crate) centre: [f32; 2],
    /// The module's width along the row and its height along the column, in pixels.
    pub(crate) module: [f32; 2],
    /// How many of the rows that were looked at cross it as they cross a finder pattern's core.
    pub(crate) rows: u32,
    /// How many of the two diagonals cross it so too.
    pub(crate) diagonals: u8,
}

impl Spot {
    fn covers(&self, x: f32, y: f32) -> bool {
        (x - self.centre[0]).abs() < 2.5 * self.module[0]
            && (y - self.centre[1]).abs() < 2.5 * self.module[1]
    }
}

/// More spots than any picture of labels has; a hostile picture must not cost more.
const MAX_SPOTS: usize = 2000;

/// Looks at every `step`-th row.
pub(crate) fn spots(bits: &Bits, step: usize) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    // The last spots of the rows just above: a new one is most often one of them again.
    let mut changes = Vec::new();
    let mut recent = 0;
    for y in (step / 2..bits.height()).step_by(step) {
        bits.changes(y, &mut changes);
        while recent < spots.len()
            && spots[recent].centre[1] + 4.0 * spots[recent].module[1] < y as f32
        {
            recent += 1;
        }
        for ends in changes.windows(6).step_by(2) {
            let Some(module) = module_of(ends) else {
                continue;
            };
            let x = (ends[2] + ends[3]) as f32 / 2.0;
            let mut known = spots[recent..].iter_mut();
            if let Some(known) = known.find(|spot| spot.covers(x, y as f32 + 0.5)) {
                known.rows += 1;
                continue;
            }
            if let Some(spot) = confirm(bits, x, y, module) {
                let known = spots
                    .iter()
                    .any(|other| other.covers(spot.centre[0], spot.centre[1]));
                if !known {
                    spots.push(spot);
                }
            }
        }
        if spots.len() >= MAX_SPOTS {
            break;
        }
    }
    spots
}

/// How often every `step`-th row crosses what looks like a finder pattern.
pub(crate) fn crossings(bits: &Bits, step: usize) -> usize {
    let mut changes = Vec::new();
    let of_row = |y| {
        bits.changes(y, &mut changes);
        let ends = changes.windows(6).step_by(2);
        ends.filter(|ends| module_of(ends).is_some()).count()
    };
    (step / 2..bits.height()).step_by(step).map(of_row).sum()
}

/// The module's length if five runs between six ends are dark and light as 1:1:3:1:1.
fn module_of(ends: &[u32]) -> Option<f32> {
    // What `ratio` asks of the core, in whole numbers: most of what noise and textures make fails here.
    if 28 * (ends[3] - ends[2]) + 21 <= 9 * (ends[5] - ends[0]) {
        return None;
    }
    let run = |index: usize| (ends[index + 1] - ends[index]) as f32;
    ratio([run(0), run(1), run(2), run(3), run(4)])
}

/// The module's length if the five runs have the right proportions.
fn ratio(runs: [f32; 5]) -> Option<f32> {
    let total: f32 = runs.iter().sum();
    if total < 7.0 {
        return None;
    }
    let module = total / 7.0;
    // Half a module of play, and half a pixel, since runs are whole pixels.
    let play = 0.5 * module + 0.5;
    let fits = (runs[2] - 3.0 * module).abs() < 1.5 * play
        && [0, 1, 3, 4]
            .into_iter()
            .all(|index| (runs[index] - module).abs() < play);
    fits.then_some(module)
}

/// Looks along the column, and once more along the row through the better middle.
fn confirm(bits: &Bits, x: f32, y: usize, width: f32) -> Option<Spot> {
    // A pattern that is tilted by 75 degrees is four times as long one way as the other.
    let reach = width * 4.0 * 3.0;
    let (middle_y, height) = cross(bits, [x as isize, y as isize], [0, 1], reach)?;
    let (middle_x, width) = cross(bits, [x as isize, middle_y as isize], [1, 0], reach)?;
    let aspect = width / height;
    let middle = [middle_x as isize, middle_y as isize];
    let is_crossed = |step| u8::from(cross(bits, middle, step, reach).is_some());
    (0.2..5.0).contains(&aspect).then_some(Spot {
        centre: [middle_x, middle_y],
        module: [width, height],
        rows: 1,
        diagonals: is_crossed([1, 1]) + is_crossed([1, -1]),
    })
}

/// The middle and the module's length along a line through a place, in the direction of `step`.
fn cross(bits: &Bits, from: [isize; 2], step: [isize; 2], reach: f32) -> Option<(f32, f32)> {
    if !bits.is_dark(from[0], from[1]) {
        return None;
    }
    let reach = reach as isize;
    let walk = |sign: isize| {
        // How far the core, the light ring and the dark ring go from here.
        let mut lengths = [0_isize; 3];
        let mut at = 0;
        for (part, length) in lengths.iter_mut().enumerate() {
            let dark = part != 1;
            loop {
                at += 1;
                let place = [from[0] + sign * step[0] * at, from[1] + sign * step[1] * at];
                let inside = place[0] >= 0
                    && place[1] >= 0
                    && (place[0] as usize) < bits.width()
                    && (place[1] as usize) < bits.height();
                if !inside || bits.is_dark(place[0], place[1]) != dark {
                    break;
                }
                *length += 1;
                if *length > reach {
                    return None;
                }
            }
            *length += isize::from(part != 0);
        }
        Some(lengths)
    };
    let (back, forth) = (walk(-1)?, walk(1)?);
    let core = back[0] + 1 + forth[0];
    let runs = [back[2], back[1], core, forth[1], forth[2]].map(|run| run as f32);
    let module = ratio(runs)?;
    let along = from[0] * step[0] + from[1] * step[1];
    let middle = (along - back[0]) as f32 + core as f32 / 2.0;
    Some((middle, module))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Frame;
    use crate::plane::Plane;

    const SIDE: u32 = 120;

    /// The spots in a picture of what is dark: asked for each pixel, in modules of five pixels from the picture's middle.
    fn seen(is_dark: impl Fn(f32, f32) -> bool) -> Vec<Spot> {
        let middle = SIDE as f32 / 2.0 - 0.5;
        let pixels: Vec<u8> = (0..SIDE * SIDE)
            .map(|index| [index % SIDE, index / SIDE].map(|at| (at as f32 - middle) / 5.0))
            .map(|[x, y]| if is_dark(x, y) { 30 } else { 220 })
            .collect();
        let frame = Frame::new(&pixels, SIDE, SIDE, SIDE as usize).expect("it is whole");
        spots(&Bits::local(&Plane::copy(frame)), 1)
    }

    /// Whether the ring that is so many modules from the middle is a dark one.
    fn ring(far: f32) -> bool {
        far < 1.5 || (2.5..3.5).contains(&far)
    }

    #[test]
    fn both_diagonals_cross_a_finder_pattern_however_it_is_turned() {
        for degrees in [0.0_f32, 10.0, 25.0, 45.0, 70.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let found = seen(|x, y| {
                let [u, v] = [x * cos - y * sin, x * sin + y * cos];
                ring(u.abs().max(v.abs()))
            });
            let diagonals: Vec<u8> = found.iter().map(|spot| spot.diagonals).collect();
            assert_eq!(diagonals, [2], "turned by {degrees} degrees");
        }
    }

    #[test]
    fn a_crossing_of_bars_has_no_diagonals() {
        // Rows and columns through the middle look like a finder pattern's, and what lies between them is light.
        let found = seen(|x, y| {
            let (x, y) = (x.abs(), y.abs());
            (y < 0.9 && ring(x)) || (x < 0.9 && ring(y))
        });
        let diagonals: Vec<u8> = found.iter().map(|spot| spot.diagonals).collect();
        assert_eq!(diagonals, [0]);
    }
}
