//! Alignment patterns: small squares that tell how the code lies between its corners.

use super::warp::{Homography, Tie};
use crate::plane::Plane;

/// Samples per module along an axis.
const DENSITY: f32 = 2.0;

/// Where an alignment pattern was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// Its middle, in pixels.
    pub(crate) picture: [f32; 2],
    /// How much it looks like one: the correlation with a perfect one, 1 at the most.
    pub(crate) likeness: f32,
}

/// Looks for the alignment pattern whose middle should be at `code` (modules), within `reach` modules.
///
/// `factor` leads from the map's pixels to those of the plane.
pub(crate) fn find(
    plane: &Plane,
    factor: f32,
    map: &Homography,
    code: [f32; 2],
    reach: f32,
) -> Option<Found> {
    let [right, down] = map.steps(code).map(|step| step.map(|part| part * factor));
    let middle = map.map(code).map(|part| part * factor);
    if !plane.holds(middle) {
        return None;
    }
    let at = |u: f32, v: f32| {
        [
            middle[0] + u * right[0] + v * down[0],
            middle[1] + u * right[1] + v * down[1],
        ]
    };
    let (best, _) = coarse(plane, &at, reach)?;
    let (place, likeness) = fine(plane, &at, best);
    let picture = at(place[0], place[1]).map(|part| part / factor);
    Some(Found { picture, likeness })
}

/// The best place on a grid of half modules.
fn coarse(
    plane: &Plane,
    at: &impl Fn(f32, f32) -> [f32; 2],
    reach: f32,
) -> Option<([f32; 2], f32)> {
    let steps = steps(reach);
    let (margin, side) = (MARGIN, side(steps));
    let offset = |index: usize| (index as f32 - (steps + margin) as f32) / DENSITY;
    let mut samples = Vec::with_capacity(side * side);
    for row in 0..side {
        for column in 0..side {
            samples.push(plane.at(at(offset(column), offset(row))));
        }
    }
    let sums = Sums::of(&samples, side);
    let mut best: Option<([f32; 2], f32)> = None;
    for y in 0..=2 * steps {
        for x in 0..=2 * steps {
            let place = [x, y].map(|index| offset(index + margin));
            // What is nearer to where it should be is likelier.
            let distance = (place[0] * place[0] + place[1] * place[1]).sqrt() / reach.max(1.0);
            let score = sums.likeness(x, y) - 0.12 * distance;
            if best.is_none_or(|(_, before)| score > before) {
                best = Some((place, score));
            }
        }
    }
    best
}

/// The pattern's outermost samples are two modules from its middle.
const MARGIN: usize = 2 * DENSITY as usize;

/// How many places to each side of the expected one are looked at.
fn steps(reach: f32) -> usize {
    (reach * DENSITY) as usize
}

/// How many samples a side it takes to look at so many places to each side.
fn side(steps: usize) -> usize {
    2 * (steps + MARGIN) + 1
}

/// How many samples [`find`] takes.
pub(crate) fn samples(reach: f32) -> usize {
    side(steps(reach)).pow(2)
}

/// Samples that lie a module apart.
const STRIDE: usize = DENSITY as usize;

/// Sums along the rows of a grid of samples, from which those of squares are made.
struct Sums<'a> {
    samples: &'a [f32],
    side: usize,
    /// Of five samples a module apart, of their squares, and of the three in the middle.
    rows: Vec<[f32; 3]>,
}

impl<'a> Sums<'a> {
    fn of(samples: &'a [f32], side: usize) -> Self {
        let across = side - 4 * STRIDE;
        let mut rows = Vec::with_capacity(side * across);
        for row in samples.chunks_exact(side) {
            for x in 0..across {
                let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|u| row[x + u * STRIDE]);
                let three = b + c + d;
                let squares = a * a + b * b + c * c + d * d + e * e;
                rows.push([a + three + e, squares, three]);
            }
        }
        Self {
            samples,
            side,
            rows,
        }
    }

    /// How much the five by five samples from here look like an alignment pattern.
    fn likeness(&self, x: usize, y: usize) -> f32 {
        let across = self.side - 4 * STRIDE;
        let row = |v: usize| self.rows[(y + v * STRIDE) * across + x];
        let [a, b, c, d, e] = [row(0), row(1), row(2), row(3), row(4)];
        let middle = self.samples[(y + 2 * STRIDE) * self.side + x + 2 * STRIDE];
        let all = a[0] + b[0] + c[0] + d[0] + e[0];
        let light = b[2] + c[2] + d[2] - middle;
        // Most places end here: what should be light is darker than the mean.
        if 25.0 * light <= 8.0 * all {
            return 0.0;
        }
        correlation(all, a[1] + b[1] + c[1] + d[1] + e[1], light)
    }
}

/// Climbs to the best place nearby, in ever smaller steps.
fn fine(plane: &Plane, at: &impl Fn(f32, f32) -> [f32; 2], from: [f32; 2]) -> ([f32; 2], f32) {
    let score =
        |[u, v]: [f32; 2]| likeness(|x, y| plane.at(at(u + x as f32 - 2.0, v + y as f32 - 2.0)));
    let (mut place, mut best) = (from, score(from));
    let mut step = 0.25;
    while step > 0.05 {
        let mut moved = false;
        for [dx, dy] in [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]] {
            let next = [place[0] + dx * step, place[1] + dy * step];
            let value = score(next);
            if value > best {
                (place, best, moved) = (next, value, true);
            }
        }
        let far = (place[0] - from[0]).abs().max((place[1] - from[1]).abs()) > 1.0;
        if !moved || far {
            step /= 2.0;
        }
    }
    (place, best)
}

/// The correlation of five by five samples with an alignment pattern.
#[inline]
fn likeness(sample: impl Fn(usize, usize) -> f32) -> f32 {
    let (mut light, mut squares) = (0.0, 0.0);
    for (u, v) in [
        (1, 1),
        (2, 1),
        (3, 1),
        (1, 2),
        (3, 2),
        (1, 3),
        (2, 3),
        (3, 3),
    ] {
        let value = sample(u, v);
        light += value;
        squares += value * value;
    }
    let core = sample(2, 2);
    // Most places end here.
    if core * 8.0 >= light {
        return 0.0;
    }
    let mut all = light + core;
    squares += core * core;
    for at in 0..4 {
        // Around the rim, from each corner to just before the next.
        for (u, v) in [(at, 0), (4, at), (4 - at, 4), (0, 4 - at)] {
            let value = sample(u, v);
            all += value;
            squares += value * value;
        }
    }
    correlation(all, squares, light)
}

/// The correlation by the sums of all samples, of their squares, and of those that should be light.
#[inline]
fn correlation(all: f32, squares: f32, light: f32) -> f32 {
    let mean = all / 25.0;
    let variance = (squares / 25.0 - mean * mean).max(0.0);
    if variance < 4.0 {
        return 0.0;
    }
    // Eight of the 25 are light: the pattern's own deviation is the root of 8/25 * 17/25.
    let covariance = (light - 8.0 * mean) / 25.0;
    covariance / (variance.sqrt() * (8.0_f32 / 25.0 * 17.0 / 25.0).sqrt())
}

/// A tie for a found pattern.
pub(crate) fn tie(code: [f32; 2], found: Found) -> Tie {
    Tie {
        code,
        picture: found.picture,
        weight: 4.0 * found.likeness,
    }
}
