//! From three finder patterns to a map of the whole code.

use super::group::Triple;
use super::patterns::{self, Found};
use super::pyramid::Pyramid;
use super::warp::{Homography, Tie, Warp, finder_ties};
use crate::plane::Plane;
use crate::symbol::{alignment_positions, fixed};

/// A guess where a code lies and how large it is.
pub(crate) struct Guess {
    pub(crate) side: usize,
    pub(crate) warp: Warp,
    /// How well the timing patterns alternate: 1 is perfect.
    pub(crate) timing: f32,
    /// A module's length in pixels.
    pub(crate) module: f32,
}

/// An alignment pattern that looks less like one is not believed.
const LIKENESS: f32 = 0.6;

/// The guesses for a triple, best first.
pub(crate) fn guesses(pyramid: &Pyramid, triple: &Triple) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = sides(triple.distance + 7.0)
        .into_iter()
        .filter_map(|side| guess(pyramid, triple, side))
        .collect();
    guesses.sort_by(|a, b| b.timing.total_cmp(&a.timing));
    guesses
}

/// The sizes nearest to the measured one.
fn sides(measured: f32) -> Vec<usize> {
    let version = ((measured - 17.0) / 4.0).clamp(1.0, 40.0);
    // The error grows with the distance: a tenth of a large code is several versions.
    let play = 0.75 + 0.08 * version;
    let mut versions: Vec<usize> = (1..=40)
        .filter(|&v| (v as f32 - version).abs() <= play)
        .collect();
    versions.sort_by(|&a, &b| {
        (a as f32 - version)
            .abs()
            .total_cmp(&(b as f32 - version).abs())
    });
    versions.truncate(5);
    versions
        .into_iter()
        .map(|version| 17 + 4 * version)
        .collect()
}

fn guess(pyramid: &Pyramid, triple: &Triple, side: usize) -> Option<Guess> {
    let module =
        (triple.top_left.module() + triple.top_right.module() + triple.bottom_left.module()) / 3.0;
    let (plane, factor) = pyramid.for_module(module);
    let mut ties = finder_ties(triple, side);
    let mut flat = Homography::fit(&ties)?;
    let may_be = near_timing(plane, factor, &flat, side) >= NEAR_TIMING
        && says_its_version(plane, factor, &flat, side);
    if !may_be {
        return None;
    }
    if let Some((code, found)) = far_pattern(plane, factor, &flat, side) {
        let mut with = ties.clone();
        with.push(patterns::tie(code, found));
        if let Some(better) = Homography::fit(&with) {
            (flat, ties) = (better, with);
        }
    }
    let warp = if side >= 45 {
        bent(plane, factor, flat, side, ties)
    } else {
        Warp::flat(flat)
    };
    let timing = timing(plane, factor, &warp, side);
    Some(Guess {
        side,
        warp,
        timing,
        module,
    })
}

/// The code as a parallelogram between the three middles: what is left of the map if the patterns' own shapes are not
/// believed, since the paper is bent.
pub(crate) fn parallelogram(pyramid: &Pyramid, triple: &Triple, guess: &Guess) -> Option<Warp> {
    let far = guess.side as f32 - 3.5;
    let [a, b, c] = [
        triple.top_left.centre,
        triple.top_right.centre,
        triple.bottom_left.centre,
    ];
    let d = [0, 1].map(|i| b[i] + c[i] - a[i]);
    let mut ties: Vec<Tie> = [
        (a, [3.5, 3.5]),
        (b, [far, 3.5]),
        (c, [3.5, far]),
        (d, [far, far]),
    ]
    .map(|(picture, code)| Tie {
        code,
        picture,
        weight: 1.0,
    })
    .to_vec();
    let flat = Homography::fit(&ties)?;
    let (plane, factor) = pyramid.for_module(guess.module);
    let Some((code, found)) = far_pattern(plane, factor, &flat, guess.side) else {
        return Some(Warp::flat(flat));
    };
    ties[3] = Tie {
        code,
        picture: found.picture,
        weight: 1.0,
    };
    Homography::fit(&ties).map(Warp::flat)
}

/// The alignment pattern nearest to the corner that has no finder pattern.
fn far_pattern(
    plane: &Plane,
    factor: f32,
    flat: &Homography,
    side: usize,
) -> Option<([f32; 2], Found)> {
    if side < 25 {
        return None;
    }
    let code = [side as f32 - 6.5; 2];
    let reach = (3.0 + side as f32 * 0.04).min(8.0);
    let found = patterns::find(plane, factor, flat, code, reach)?;
    (found.likeness > LIKENESS).then_some((code, found))
}

/// How well the two rows between the finder patterns alternate.
fn timing(plane: &Plane, factor: f32, warp: &Warp, side: usize) -> f32 {
    alternation(plane, factor, |place| warp.map(place), side, 7..side - 7)
}

/// Beside finder patterns that do not belong together nothing alternates. What alternates less is not looked at further.
const NEAR_TIMING: f32 = 0.25;

/// The same near the finder patterns, where even a map without bends is right: the first modules of either row, and the
/// last ones.
fn near_timing(plane: &Plane, factor: f32, flat: &Homography, side: usize) -> f32 {
    const NEAR: usize = 10;
    let map = |place| flat.map(place);
    let end = side - 7;
    if end - 7 <= 2 * NEAR {
        return alternation(plane, factor, map, side, 7..end);
    }
    let first = alternation(plane, factor, map, side, 7..7 + NEAR);
    let last = alternation(plane, factor, map, side, end - NEAR..end);
    (first + last) / 2.0
}

/// Whether the version information beside the finder patterns, which large codes have twice, is that of this size, or
/// much like it. Patterns that do not belong together seem to be far corners of large codes, which cost most to follow.
fn says_its_version(plane: &Plane, factor: f32, flat: &Homography, side: usize) -> bool {
    /// Versions differ in 8 of 18 modules at least; what is read at random is so near to one of them in 3 % of all cases.
    const MOST_WRONG: usize = 4;
    if side < 45 {
        return true;
    }
    let version = ((side - 17) / 4) as u8;
    [false, true].into_iter().any(|is_below| {
        let places = (0..18).map(|bit| (side - 11 + bit % 3, bit / 3));
        let places = places.map(|(x, y)| if is_below { (y, x) } else { (x, y) });
        let seen: Vec<(f32, bool)> = places
            .map(|(x, y)| {
                let place = flat.map([x as f32 + 0.5, y as f32 + 0.5]);
                let dark = fixed(version, x, y) == Some(true);
                (plane.at(place.map(|part| part * factor)), dark)
            })
            .collect();
        let values = seen.iter().map(|(value, _)| *value);
        let low = values.clone().fold(f32::INFINITY, f32::min);
        let high = values.fold(0.0, f32::max);
        let threshold = (low + high) / 2.0;
        let wrong = seen
            .iter()
            .filter(|(value, dark)| (*value < threshold) != *dark);
        wrong.count() <= MOST_WRONG
    })
}

/// How regularly modules of the timing patterns are light and dark in turns: 1 always, -1 the other way round.
fn alternation(
    plane: &Plane,
    factor: f32,
    map: impl Fn([f32; 2]) -> [f32; 2],
    side: usize,
    modules: std::ops::Range<usize>,
) -> f32 {
    debug_assert!(modules.end <= side - 7);
    let line = |place: fn(f32) -> [f32; 2]| {
        let at = |index: usize| plane.at(map(place(index as f32 + 0.5)).map(|part| part * factor));
        let (mut swing, mut total) = (0.0, 0.0);
        let mut before = at(modules.start);
        for index in modules.start + 1..modules.end {
            let here = at(index);
            // Modules with an odd number are light.
            swing += if index % 2 == 0 {
                before - here
            } else {
                here - before
            };
            total += (before - here).abs();
            before = here;
        }
        swing / total.max(1.0)
    };
    (line(|at| [at, 6.5]) + line(|at| [6.5, at])) / 2.0
}

/// Follows paper that is not flat: each alignment pattern that is found moves its surroundings.
fn bent(plane: &Plane, factor: f32, flat: Homography, side: usize, mut ties: Vec<Tie>) -> Warp {
    let version = ((side - 17) / 4) as u8;
    let positions: Vec<f32> = alignment_positions(version)
        .iter()
        .map(|&at| f32::from(at) + 0.5)
        .collect();
    let count = positions.len();
    let last = count - 1;
    let mut nodes = vec![None; count * count];
    for row in 0..count {
        for column in 0..count {
            // Finder patterns are there instead.
            if (row, column) == (0, 0) || (row, column) == (0, last) || (row, column) == (last, 0) {
                nodes[row * count + column] = Some([0.0; 2]);
                continue;
            }
            let code = [positions[column], positions[row]];
            let found = patterns::find(plane, factor, &flat, code, 2.5)
                .filter(|found| found.likeness > LIKENESS);
            if let Some(found) = found {
                ties.push(patterns::tie(code, found));
                let expected = flat.map(code);
                nodes[row * count + column] = Some([
                    found.picture[0] - expected[0],
                    found.picture[1] - expected[1],
                ]);
            }
        }
    }
    Warp::bent(flat, positions, filled(nodes, count))
}

/// A node that was not found moves like the mean of its neighbours that were, the nearest counting most.
fn filled(nodes: Vec<Option<[f32; 2]>>, count: usize) -> Vec<[f32; 2]> {
    let mean = |row: usize, column: usize| {
        let (mut sum, mut total) = ([0.0; 2], 0.0);
        for (index, node) in nodes.iter().enumerate() {
            if let Some(shift) = node {
                let distance =
                    (index / count).abs_diff(row).pow(2) + (index % count).abs_diff(column).pow(2);
                let weight = 1.0 / (distance * distance) as f32;
                sum = [sum[0] + weight * shift[0], sum[1] + weight * shift[1]];
                total += weight;
            }
        }
        sum.map(|value| value / total)
    };
    nodes
        .iter()
        .enumerate()
        .map(|(index, node)| node.unwrap_or_else(|| mean(index / count, index % count)))
        .collect()
}
