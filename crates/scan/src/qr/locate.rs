//! From three finder patterns to a map of the whole code.

use super::group::Triple;
use super::patterns::{self, Found};
use super::pyramid::Pyramid;
use super::timing;
use super::warp::{Homography, Tie, Warp, finder_ties};
use crate::effort::{Effort, Work};
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

/// From this size on, version 7, codes state their version and have many alignment patterns.
const LARGE: usize = 45;

/// What looks less like its version's information is of another version, or no code.
const VERSION_LIKENESS: f32 = 0.35;

/// An alignment pattern that looks as much like one is not looked for any farther.
const CLEAR_LIKENESS: f32 = 0.85;

/// An alignment pattern that looks less like one is not believed.
const LIKENESS: f32 = 0.6;

/// Where the lines between the finder patterns alternate less, there is no code of that size.
const LINE_TIMING: f32 = 0.2;

/// Where the timing patterns alternate less before any alignment pattern was looked for, there is no code of that size.
const FLAT_TIMING: f32 = 0.25;

/// So many sizes are tried for a triple.
const SIZES: usize = 3;

/// The guesses for a triple, best first.
pub(crate) fn guesses(pyramid: &Pyramid, triple: &Triple, effort: &Effort) -> Vec<Guess> {
    let module =
        (triple.top_left.module() + triple.top_right.module() + triple.bottom_left.module()) / 3.0;
    let (plane, factor) = pyramid.for_module(module);
    let mut sides: Vec<(f32, usize)> = sides(triple.distance + 7.0)
        .map(|side| (timing::between(plane, factor, triple, side), side))
        .filter(|(timing, _)| *timing >= LINE_TIMING)
        .collect();
    sides.sort_by(|a, b| b.0.total_cmp(&a.0));
    sides.truncate(SIZES);
    let mut guesses: Vec<Guess> = sides
        .into_iter()
        .filter_map(|(_, side)| guess((plane, factor), triple, side, module, effort))
        .collect();
    guesses.sort_by(|a, b| b.timing.total_cmp(&a.timing));
    guesses
}

/// The sizes near to the measured one.
fn sides(measured: f32) -> impl Iterator<Item = usize> {
    let version = ((measured - 17.0) / 4.0).clamp(1.0, 40.0);
    // The error grows with the distance: a tenth of a large code is several versions.
    let play = 0.75 + 0.08 * version;
    (1..=40_usize)
        .filter(move |&candidate| (candidate as f32 - version).abs() <= play)
        .map(|version| 17 + 4 * version)
}

fn guess(
    (plane, factor): (&Plane, f32),
    triple: &Triple,
    side: usize,
    module: f32,
    effort: &Effort,
) -> Option<Guess> {
    let mut ties = finder_ties(triple, side);
    let mut flat = Homography::fit(&ties)?;
    // Both are near to the finder patterns, so the alignment patterns, which cost far more, would not mend them.
    let is_one = if side >= LARGE {
        version_information(plane, factor, &flat, side) >= VERSION_LIKENESS
    } else {
        timing::on_map(plane, factor, side, |place| flat.map(place)) >= FLAT_TIMING
    };
    if !is_one {
        return None;
    }
    if let Some((code, found)) = far_pattern(plane, factor, &flat, side, effort) {
        let mut with = ties.clone();
        with.push(patterns::tie(code, found));
        if let Some(better) = Homography::fit(&with) {
            (flat, ties) = (better, with);
        }
    }
    let warp = if side >= LARGE {
        bent((plane, factor), flat, side, ties, effort)
    } else {
        Warp::flat(flat)
    };
    let timing = timing::on_map(plane, factor, side, |place| warp.map(place));
    Some(Guess {
        side,
        warp,
        timing,
        module,
    })
}

/// The code as a parallelogram between the three middles: what is left of the map if the patterns' own shapes are not
/// believed, since the paper is bent.
pub(crate) fn parallelogram(
    pyramid: &Pyramid,
    triple: &Triple,
    guess: &Guess,
    effort: &Effort,
) -> Option<Warp> {
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
    let Some((code, found)) = far_pattern(plane, factor, &flat, guess.side, effort) else {
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
    effort: &Effort,
) -> Option<([f32; 2], Found)> {
    if side < 25 {
        return None;
    }
    let code = [side as f32 - 6.5; 2];
    // It is where it should be most often; perspective that the finder patterns tell badly takes it farther away.
    let far = (3.0 + side as f32 * 0.04).min(8.0);
    let find = |reach| {
        effort.spend(Work::Find(patterns::samples(reach)));
        patterns::find(plane, factor, flat, code, reach)
    };
    let near = find(2.0).filter(|found| found.likeness > CLEAR_LIKENESS);
    let found = near.or_else(|| find(far))?;
    (found.likeness > LIKENESS).then_some((code, found))
}

/// How much the two blocks beside the finder patterns that state the version look like those of this version: 1 exactly,
/// about 0 where they are something else. They are so near to the finder patterns that any map is right there.
fn version_information(plane: &Plane, factor: f32, flat: &Homography, side: usize) -> f32 {
    let version = ((side - 17) / 4) as u8;
    let block = |index: usize| [side - 11 + index % 3, index / 3];
    let places = (0..18).map(block).chain((0..18).map(|index| {
        let [x, y] = block(index);
        [y, x]
    }));
    let modules: Vec<(bool, f32)> = places
        .map(|[x, y]| {
            let place = flat.map([x as f32 + 0.5, y as f32 + 0.5]);
            let dark = fixed(version, x, y).unwrap_or(false);
            (dark, plane.at(place.map(|part| part * factor)))
        })
        .collect();
    let mean = modules.iter().map(|(_, value)| value).sum::<f32>() / modules.len() as f32;
    let (mut right, mut total) = (0.0, 0.0);
    for (dark, value) in modules {
        let darker = mean - value;
        right += if dark { darker } else { -darker };
        total += darker.abs();
    }
    right / total.max(1.0)
}

/// How far from where it should be an alignment pattern of bent paper is looked for, in modules.
const REACH: f32 = 2.5;

/// Follows paper that is not flat: each alignment pattern that is found moves its surroundings.
fn bent(
    (plane, factor): (&Plane, f32),
    flat: Homography,
    side: usize,
    mut ties: Vec<Tie>,
    effort: &Effort,
) -> Warp {
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
            effort.spend(Work::Find(patterns::samples(REACH)));
            let found = patterns::find(plane, factor, &flat, code, REACH)
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
