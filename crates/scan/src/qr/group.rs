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
    /// The other end's axis and sign of the way back.
    back: (usize, f32),
}

/// Every triple that may be a code.
pub(crate) fn triples(finders: &[Finder]) -> Vec<Triple> {
    let seen = Seen::new(finders);
    let mut looks = Looks::default();
    let mut triples = Vec::new();
    for (index, corner) in finders.iter().enumerate() {
        let neighbours = seen.neighbours(index, &mut looks);
        for first in neighbours.iter().filter(|neighbour| neighbour.axis == 0) {
            for second in neighbours.iter().filter(|neighbour| neighbour.axis == 1) {
                triples.extend(triple(finders, (index, corner), first, second));
            }
        }
    }
    triples
}

/// The patterns with what each look from them and at them needs: there are as many looks as pairs of patterns, so they are
/// laid out for several at a time.
#[derive(Default)]
struct Seen {
    x: Vec<f32>,
    y: Vec<f32>,
    /// The maps from pixels to modules, row by row.
    inverse: [Vec<f32>; 4],
    /// The logarithms of the modules' sizes in pixels.
    size: Vec<f32>,
    /// What a pattern that fits badly adds to what is strange about a pair.
    doubt: Vec<f32>,
}

/// What looks from one pattern at all show.
#[derive(Default)]
struct Looks {
    /// How unlikely two are of one code; infinitely, where they can't be.
    strangeness: Vec<f32>,
    /// In which of four directions the other one is.
    direction: Vec<u32>,
}

/// How a place is seen: the axis along which it lies, its distance in modules with the sign, and the tangent of the angle
/// beside it.
type Along = (bool, f32, f32);

/// Where a place lies that is so far away in pixels.
#[inline]
fn along([x, y]: [f32; 2], [a, b, c, d]: [f32; 4]) -> Along {
    let (u, v) = (a * x + b * y, c * x + d * y);
    let is_second = v.abs() > u.abs();
    let (along, across) = if is_second { (v, u) } else { (u, v) };
    (is_second, along, across.abs() / along.abs().max(1e-6))
}

impl Seen {
    fn new(finders: &[Finder]) -> Self {
        let mut seen = Self::default();
        for finder in finders {
            let [[ax, ay], [bx, by]] = finder.sides;
            let determinant = ax * by - ay * bx;
            seen.x.push(finder.centre[0]);
            seen.y.push(finder.centre[1]);
            for (parts, part) in seen.inverse.iter_mut().zip([by, -bx, -ay, ax]) {
                parts.push(part / determinant);
            }
            seen.size.push(finder.module().ln());
            seen.doubt.push((1.0 - finder.quality) * 0.5);
        }
        seen
    }

    fn inverse(&self, index: usize) -> [f32; 4] {
        [0, 1, 2, 3].map(|part| self.inverse[part][index])
    }

    /// Looks from one pattern at all of them. No step depends on what the one before saw, so that compilers take several
    /// at a time.
    fn look(&self, index: usize, looks: &mut Looks) {
        /// The logarithm of how many times as large as the other one pattern's modules may be.
        const SIZES: f32 = 0.916;
        /// The tangent of the largest angle between the way and the sides.
        const SKEW: f32 = 0.5;
        let count = self.x.len();
        looks.strangeness.resize(count, 0.0);
        looks.direction.resize(count, 0);
        let (x, y, size, here) = (
            self.x[index],
            self.y[index],
            self.size[index],
            self.inverse(index),
        );
        let [a, b, c, d] = self.inverse.each_ref().map(|parts| &parts[..count]);
        let (xs, ys) = (&self.x[..count], &self.y[..count]);
        let (sizes, doubts) = (&self.size[..count], &self.doubt[..count]);
        let strangeness = &mut looks.strangeness[..count];
        let direction = &mut looks.direction[..count];
        for other in 0..count {
            let way = [xs[other] - x, ys[other] - y];
            let (is_second, there, skew) = along(way, here);
            let back = [a[other], b[other], c[other], d[other]];
            let (_, back, back_skew) = along(way, back);
            let sizes = (size - sizes[other]).abs();
            // Perspective makes the near end measure less, the far end more.
            let distance = (there.abs() * back.abs()).sqrt();
            // Without a jump among them, so that the compiler does several patterns at a time.
            let (is_near, is_far) = (distance < DISTANCES.end, distance >= DISTANCES.start);
            let is_likely = (sizes < SIZES) & (skew < SKEW) & (back_skew < SKEW) & is_near & is_far;
            let strange = skew + back_skew + sizes + doubts[other] + 0.003 * distance;
            strangeness[other] = if is_likely { strange } else { f32::INFINITY };
            direction[other] = 2 * u32::from(is_second) + u32::from(there > 0.0);
        }
    }

    /// The nearest patterns that may be of the same code: more of them would let time grow with the square of the codes.
    fn neighbours(&self, index: usize, looks: &mut Looks) -> Vec<Neighbour> {
        const PER_DIRECTION: usize = 5;
        self.look(index, looks);
        let mut least: [[(f32, usize); PER_DIRECTION]; 4] =
            [[(f32::INFINITY, 0); PER_DIRECTION]; 4];
        let seen = looks.strangeness.iter().zip(&looks.direction);
        for (other, (&strangeness, &direction)) in seen.enumerate() {
            let known = &mut least[direction as usize & 3];
            if strangeness < known[PER_DIRECTION - 1].0 {
                let rank = known.partition_point(|known| known.0 <= strangeness);
                known.copy_within(rank..PER_DIRECTION - 1, rank + 1);
                known[rank] = (strangeness, other);
            }
        }
        let known = least.as_flattened().iter();
        let known = known.filter(|(strangeness, other)| *other != index && strangeness.is_finite());
        known
            .map(|&(_, other)| self.neighbour(index, other))
            .collect()
    }

    fn neighbour(&self, from: usize, to: usize) -> Neighbour {
        let way = [self.x[to] - self.x[from], self.y[to] - self.y[from]];
        let (axis, there, skew) = along(way, self.inverse(from));
        let (back_axis, back, back_skew) = along(way.map(|part| -part), self.inverse(to));
        Neighbour {
            index: to,
            axis: usize::from(axis),
            sign: there.signum(),
            distance: (there.abs() * back.abs()).sqrt(),
            skew: skew + back_skew,
            back: (usize::from(back_axis), back.signum()),
        }
    }
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
