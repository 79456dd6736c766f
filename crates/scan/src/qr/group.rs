//! Which three finder patterns belong to one code.

use super::ring::Finder;

/// Three finder patterns of a code, each turned the code's way: `sides[0]` leads to the right, `sides[1]` down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Triple {
    pub(crate) top_left: Finder,
    pub(crate) top_right: Finder,
    pub(crate) bottom_left: Finder,
    /// The modules from the middle of one pattern to the next, as measured.
    pub(crate) distance: f32,
    /// How badly they fit together; 0 is perfect.
    pub(crate) misfit: f32,
    /// Which finders these are.
    pub(crate) members: [usize; 3],
}

/// The distance of two patterns of a code, in modules: 14 in version 1, 170 in version 40, and what perspective adds.
const DISTANCES: std::ops::Range<f32> = 9.0..230.0;

/// One pattern seen from another, along one of its sides.
#[derive(Debug, Clone, Copy)]
struct Neighbour {
    index: usize,
    axis: usize,
    sign: f32,
    /// Modules, as both ends measure it.
    distance: f32,
    /// The tangent of the angle between the way and the sides, of both ends.
    skew: f32,
    /// How unlikely the two are of one code.
    strangeness: f32,
    /// The other end's axis and sign of the way back.
    back: (usize, f32),
}

/// Every triple that may be a code.
pub(crate) fn triples(finders: &[Finder]) -> Vec<Triple> {
    let seen: Vec<Seen> = finders.iter().map(Seen::new).collect();
    let mut triples = Vec::new();
    for (index, corner) in finders.iter().enumerate() {
        let neighbours = neighbours(&seen, index);
        for first in neighbours.iter().filter(|neighbour| neighbour.axis == 0) {
            for second in neighbours.iter().filter(|neighbour| neighbour.axis == 1) {
                triples.extend(triple(finders, (index, corner), first, second));
            }
        }
    }
    triples
}

/// A pattern with what each look from it and at it needs, since there are as many looks as pairs of patterns.
struct Seen {
    centre: [f32; 2],
    /// The map from pixels to modules, row by row.
    inverse: [[f32; 2]; 2],
    /// The logarithm of the module's size in pixels.
    size: f32,
    quality: f32,
}

impl Seen {
    fn new(finder: &Finder) -> Self {
        let [[ax, ay], [bx, by]] = finder.sides;
        let determinant = ax * by - ay * bx;
        Self {
            centre: finder.centre,
            inverse: [[by, -bx], [-ay, ax]].map(|row| row.map(|part| part / determinant)),
            size: finder.module().ln(),
            quality: finder.quality,
        }
    }

    /// The axis and the sign along which a place lies, its distance in modules, and the tangent of the angle beside it.
    #[inline]
    fn along(&self, place: [f32; 2]) -> Option<(usize, f32, f32, f32)> {
        let [x, y] = [0, 1].map(|axis| place[axis] - self.centre[axis]);
        let [u, v] = self.inverse.map(|[p, q]| p * x + q * y);
        let is_second = v.abs() > u.abs();
        let (along, across) = if is_second { (v, u) } else { (u, v) };
        let distance = along.abs();
        if across.abs() >= 0.5 * distance {
            return None;
        }
        let skew = across.abs() / distance.max(1e-6);
        Some((usize::from(is_second), along.signum(), distance, skew))
    }
}

/// The nearest patterns that may be of the same code: more of them would let time grow with the square of the codes.
fn neighbours(seen: &[Seen], index: usize) -> Vec<Neighbour> {
    const PER_DIRECTION: usize = 5;
    let mut least: [Vec<Neighbour>; 4] = Default::default();
    for other in (0..seen.len()).filter(|&other| other != index) {
        let Some(neighbour) = neighbour(seen, index, other) else {
            continue;
        };
        let direction = 2 * neighbour.axis + usize::from(neighbour.sign > 0.0);
        let known = &mut least[direction];
        let rank = known.partition_point(|known| known.strangeness <= neighbour.strangeness);
        if rank < PER_DIRECTION {
            known.truncate(PER_DIRECTION - 1);
            known.insert(rank, neighbour);
        }
    }
    least.concat()
}

#[inline]
fn neighbour(seen: &[Seen], from: usize, to: usize) -> Option<Neighbour> {
    /// The logarithm of how many times as large as the other one pattern's modules may be.
    const SIZES: f32 = 0.916;
    let (here, there) = (&seen[from], &seen[to]);
    let sizes = (here.size - there.size).abs();
    if sizes >= SIZES {
        return None;
    }
    let (axis, sign, distance, skew) = here.along(there.centre)?;
    let (back_axis, back_sign, back_distance, back_skew) = there.along(here.centre)?;
    // Perspective makes the near end measure less, the far end more.
    let distance = (distance * back_distance).sqrt();
    DISTANCES.contains(&distance).then_some(Neighbour {
        index: to,
        axis,
        sign,
        distance,
        skew: skew + back_skew,
        strangeness: skew + back_skew + sizes + (1.0 - there.quality) * 0.5 + 0.003 * distance,
        back: (back_axis, back_sign),
    })
}

fn triple(
    finders: &[Finder],
    (index, corner): (usize, &Finder),
    first: &Neighbour,
    second: &Neighbour,
) -> Option<Triple> {
    let unequal = (first.distance - second.distance).abs() / (first.distance + second.distance);
    if unequal > 0.25 || first.index == second.index {
        return None;
    }
    let way = |neighbour: &Neighbour| {
        let there = finders[neighbour.index].centre;
        [there[0] - corner.centre[0], there[1] - corner.centre[1]]
    };
    let (a, b) = (way(first), way(second));
    // Clockwise in the picture: mirrored codes are told later, by their format information.
    let (right, down) = if a[0] * b[1] - a[1] * b[0] > 0.0 {
        (first, second)
    } else {
        (second, first)
    };
    let top_left = turned(corner, (right.axis, right.sign));
    let (axis, sign) = right.back;
    let top_right = turned(&finders[right.index], (axis, -sign));
    let (axis, sign) = down.back;
    let bottom_left = turned_down(&finders[down.index], (axis, -sign));
    let distance = (first.distance + second.distance) / 2.0;
    let sizes =
        [&top_right, &bottom_left].map(|finder| (finder.module() / corner.module()).ln().abs());
    let quality = [corner, &top_right, &bottom_left]
        .iter()
        .map(|finder| 1.0 - finder.quality)
        .sum::<f32>();
    let misfit = 2.0 * unequal
        + first.skew
        + second.skew
        + 0.5 * (sizes[0] + sizes[1])
        + 0.3 * quality
        + distance * 0.002;
    Some(Triple {
        top_left,
        top_right,
        bottom_left,
        distance,
        misfit,
        members: [index, right.index, down.index],
    })
}

/// The pattern with its first side along this axis; the second one stays clockwise of it.
fn turned(finder: &Finder, (axis, sign): (usize, f32)) -> Finder {
    let [a, b] = finder.sides;
    let right = if axis == 0 { a } else { b };
    // The sides are clockwise one after the other: after b comes -a.
    let down = if axis == 0 { b } else { [-a[0], -a[1]] };
    Finder {
        sides: [right.map(|part| part * sign), down.map(|part| part * sign)],
        ..*finder
    }
}

/// The pattern with its second side along this axis.
fn turned_down(finder: &Finder, axis: (usize, f32)) -> Finder {
    let Finder {
        sides: [down, left],
        ..
    } = turned(finder, axis);
    Finder {
        sides: [[-left[0], -left[1]], down],
        ..*finder
    }
}
