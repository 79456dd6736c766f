//! The exact place and shape of a finder pattern.
//!
//! Rays from the middle cross the edges of its three squares at 1.5, 2.5 and 3.5 modules. Seen from nearby a tilted
//! square is a parallelogram: the affine map that makes the crossings lie on squares gives the middle, the two sides'
//! directions and the module's size, all finer than a pixel.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::algebra::LeastSquares;
use super::finder::Spot;
use crate::plane::Plane;

/// A finder pattern.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finder {
    /// The middle, in pixels.
    pub(crate) centre: [f32; 2],
    /// One module along each of the two sides, in pixels, clockwise one after the other. Which side is which is not known.
    pub(crate) sides: [[f32; 2]; 2],
    /// The part of the crossings that fit: 1 is a perfect pattern.
    pub(crate) quality: f32,
}

impl Finder {
    /// A place in units of modules from the middle, along the two sides.
    pub(crate) fn local(&self, place: [f32; 2]) -> [f32; 2] {
        let [[ax, ay], [bx, by]] = self.sides;
        let determinant = ax * by - ay * bx;
        let (x, y) = (place[0] - self.centre[0], place[1] - self.centre[1]);
        [
            (x * by - y * bx) / determinant,
            (y * ax - x * ay) / determinant,
        ]
    }

    /// The place so many modules from the middle.
    pub(crate) fn place(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        let [a, b] = self.sides;
        [
            self.centre[0] + u * a[0] + v * b[0],
            self.centre[1] + u * a[1] + v * b[1],
        ]
    }

    /// The module's size: the root of its area, in pixels.
    pub(crate) fn module(&self) -> f32 {
        let [a, b] = self.sides;
        (a[0] * b[1] - a[1] * b[0]).abs().sqrt()
    }

    /// The spot that rows and columns make of it.
    pub(crate) fn spot(&self) -> Spot {
        let [[ax, ay], [bx, by]] = self.sides;
        let area = (ax * by - ay * bx).abs();
        // A row leaves the module through the side that it meets first.
        let length = |p: f32, q: f32| area / p.abs().max(q.abs()).max(1e-6);
        Spot {
            centre: self.centre,
            module: [length(ay, by), length(ax, bx)],
            rows: 1,
            diagonals: 2,
        }
    }

    /// The same pattern in a picture so many times as large.
    pub(crate) fn scaled(self, factor: f32) -> Self {
        Self {
            centre: self.centre.map(|value| value * factor),
            sides: self.sides.map(|side| side.map(|value| value * factor)),
            ..self
        }
    }
}

/// The length of the steps along a ray, in modules: no ring is missed. In turned patterns rows cross longer modules than
/// there are, so this is less than it seems.
const COARSE: f32 = 0.25;

/// Steps are not shorter than this, in pixels, and edges are found to lie between two places no farther apart.
const FINE: f32 = 0.5;

const RAYS: usize = 32;
/// Where a ray crosses the edges of the three squares, in modules, where the square is hit squarely.
const EDGES: [f32; 3] = [1.5, 2.5, 3.5];

/// Where a ray crosses, in pixels from the middle.
type Crossings = [Option<f32>; 3];

/// Measures the finder pattern at a spot. None where there is none.
pub(crate) fn measure(plane: &Plane, spot: Spot) -> Option<Finder> {
    let mut centre = spot.centre;
    let (dark, light) = levels(plane, spot)?;
    let threshold = (dark + light) / 2.0;
    let directions = &*DIRECTIONS;
    let mut rays: [Crossings; RAYS] = [[None; 3]; RAYS];
    let reach = 3.5 * 1.5 * 1.6 * spot.module[0].max(spot.module[1]);
    let step = (COARSE * spot.module[0].min(spot.module[1])).max(FINE);
    let mut radii = [None; RAYS];
    // A middle that is a little off still has most of its rays.
    for (round, least) in [RAYS / 4, RAYS / 2].into_iter().enumerate() {
        let mut missing = 0;
        for ((ray, radius), direction) in rays.iter_mut().zip(&mut radii).zip(directions) {
            *ray = crossings(plane, centre, *direction, threshold, (reach, step));
            *radius = module_along(*ray);
            missing += usize::from(radius.is_none());
            // Noise and textures end here most often.
            if missing > RAYS - least {
                return None;
            }
        }
        if round == 0 {
            centre = recentred(centre, directions, &radii);
        }
    }
    let sides = shape(directions, &radii)?;
    fit(centre, sides, directions, &rays)
}

/// Where the rays lead.
static DIRECTIONS: LazyLock<[[f32; 2]; RAYS]> = LazyLock::new(|| {
    std::array::from_fn(|ray| {
        let (sin, cos) = (TAU * ray as f32 / RAYS as f32).sin_cos();
        [cos, sin]
    })
});

/// The brightness of the core and of the light ring.
fn levels(plane: &Plane, spot: Spot) -> Option<(f32, f32)> {
    let [x, y] = spot.centre;
    let [w, h] = spot.module;
    let at = |dx: f32, dy: f32| plane.at([x + dx * w, y + dy * h]);
    let dark =
        (at(0.0, 0.0) * 2.0 + at(0.6, 0.0) + at(-0.6, 0.0) + at(0.0, 0.6) + at(0.0, -0.6)) / 6.0;
    let light = (at(2.0, 0.0) + at(-2.0, 0.0) + at(0.0, 2.0) + at(0.0, -2.0)) / 4.0;
    (light > dark + 3.0).then_some((dark, light))
}

/// Where a ray from the middle crosses the edges, looked for in steps of this length.
fn crossings(
    plane: &Plane,
    from: [f32; 2],
    direction: [f32; 2],
    threshold: f32,
    (reach, step): (f32, f32),
) -> Crossings {
    let ([x, y], [right, down]) = (from, direction);
    let brightness = |at: f32| plane.at([x + at * right, y + at * down]) - threshold;
    let rim = plane.way_out(from, direction);
    let mut found = [None; 3];
    let mut edge = 0;
    let mut before = brightness(0.0);
    let mut at = 0.0;
    while at < reach && edge < 3 {
        at += step;
        if at >= rim {
            break;
        }
        let here = brightness(at);
        // The first and the third edge lead to light, the second to dark.
        let wanted = if edge == 1 { -1.0 } else { 1.0 };
        if here * wanted > 0.0 {
            found[edge] = Some(if before * wanted < 0.0 {
                between((at - step, before), (at, here), brightness)
            } else {
                at
            });
            edge += 1;
        }
        before = here;
    }
    found
}

/// Where the brightness changes its sign between two places.
fn between(mut near: (f32, f32), mut far: (f32, f32), brightness: impl Fn(f32) -> f32) -> f32 {
    while far.0 - near.0 > FINE {
        let middle = (near.0 + far.0) / 2.0;
        let here = brightness(middle);
        if here * far.1 > 0.0 {
            far = (middle, here);
        } else {
            near = (middle, here);
        }
    }
    far.0 - (far.0 - near.0) * far.1 / (far.1 - near.1)
}

/// The module's length along a ray, if its crossings have the right proportions.
fn module_along(crossings: Crossings) -> Option<f32> {
    let [Some(a), Some(b), third] = crossings else {
        return None;
    };
    let module = (1.5 * a + 2.5 * b) / (1.5 * 1.5 + 2.5 * 2.5);
    let fits = |at: f32, edge: f32| (at - edge * module).abs() < 0.45 * module + 0.35;
    if !fits(a, EDGES[0]) || !fits(b, EDGES[1]) {
        return None;
    }
    let with_third =
        third.map(|c| (1.5 * a + 2.5 * b + 3.5 * c) / (1.5 * 1.5 + 2.5 * 2.5 + 3.5 * 3.5));
    Some(match (third, with_third) {
        (Some(c), Some(better)) if fits(c, EDGES[2]) => better,
        _ => module,
    })
}

/// Moves the middle to where opposite rays are of one length.
fn recentred(
    centre: [f32; 2],
    directions: &[[f32; 2]; RAYS],
    radii: &[Option<f32>; RAYS],
) -> [f32; 2] {
    let (mut shift, mut pairs) = ([0.0; 2], 0.0);
    for ray in 0..RAYS / 2 {
        if let (Some(a), Some(b)) = (radii[ray], radii[ray + RAYS / 2]) {
            // The crossings are at 2.5 modules on average.
            let difference = 2.5 * (a - b);
            shift[0] += difference * directions[ray][0];
            shift[1] += difference * directions[ray][1];
            pairs += 1.0;
        }
    }
    if pairs < 4.0 {
        return centre;
    }
    // A shift s changes a pair's difference by 2 s·d, and the mean of d·d over the rays is a half.
    [centre[0] + shift[0] / pairs, centre[1] + shift[1] / pairs]
}

/// The sides of the parallelogram that the rays reach: its second moments tell how it is stretched, and once the stretch
/// is undone a square's fourth harmonic tells how it is turned.
fn shape(directions: &[[f32; 2]; RAYS], radii: &[Option<f32>; RAYS]) -> Option<[[f32; 2]; 2]> {
    let lengths = filled(radii)?;
    let points: [[f32; 2]; RAYS] =
        std::array::from_fn(|ray| directions[ray].map(|part| part * lengths[ray]));
    let [xx, xy, yy] = moments(&points);
    // The Cholesky factor of the moments: undoing it makes them those of a circle or a square.
    let a = xx.max(1e-9).sqrt();
    let b = xy / a;
    let c = (yy - b * b).max(1e-9).sqrt();
    let undo = |[x, y]: [f32; 2]| {
        let u = x / a;
        [u, (y - b * u) / c]
    };
    let undone = points.map(undo);
    let (mut sin, mut cos) = (0.0, 0.0);
    for ray in 0..RAYS {
        let [x0, y0] = undone[ray];
        let [x1, y1] = undone[(ray + 1) % RAYS];
        let step = (x0 * y1 - y0 * x1).abs();
        let length = x0.hypot(y0);
        let angle = 4.0 * y0.atan2(x0);
        // A square's corners, where it reaches farthest, are the maxima.
        sin += length * angle.sin() * step / (length * length);
        cos += length * angle.cos() * step / (length * length);
    }
    let corner = sin.atan2(cos) / 4.0;
    let (sin, cos) = (corner - TAU / 8.0).sin_cos();
    // A square of half side s has the moments s²/3 for unit density and area 4 s²: a unit moment is a half side of √3,
    // and the lengths above are those of one module, so this is a module's square, whose half side is one.
    let scale = 3.0_f32.sqrt();
    let redo = |[u, v]: [f32; 2]| [scale * a * u, scale * (b * u + c * v)];
    Some([redo([cos, sin]), redo([-sin, cos])])
}

/// Lengths for all rays: a parallelogram reaches as far one way as the other, and what is still missing lies between.
fn filled(radii: &[Option<f32>; RAYS]) -> Option<[f32; RAYS]> {
    let known = radii.iter().flatten().count();
    if known < RAYS / 2 {
        return None;
    }
    let paired: [Option<f32>; RAYS] =
        std::array::from_fn(|ray| match (radii[ray], radii[(ray + RAYS / 2) % RAYS]) {
            (Some(a), Some(b)) => Some((a + b) / 2.0),
            (one, other) => one.or(other),
        });
    let mut lengths = [0.0; RAYS];
    for ray in 0..RAYS {
        let nearest = |step: usize| {
            (0..RAYS).find_map(|n| paired[(ray + n * step) % RAYS].map(|length| (n as f32, length)))
        };
        let ((before, a), (after, b)) = (nearest(RAYS - 1)?, nearest(1)?);
        lengths[ray] = if before + after == 0.0 {
            a
        } else {
            (a * after + b * before) / (before + after)
        };
    }
    Some(lengths)
}

/// The second moments of the polygon, over its area.
fn moments(points: &[[f32; 2]; RAYS]) -> [f32; 3] {
    let (mut xx, mut xy, mut yy, mut area) = (0.0, 0.0, 0.0, 0.0);
    for ray in 0..RAYS {
        let ([x0, y0], [x1, y1]) = (points[ray], points[(ray + 1) % RAYS]);
        let cross = x0 * y1 - y0 * x1;
        area += cross / 2.0;
        xx += cross * (x0 * x0 + x0 * x1 + x1 * x1) / 12.0;
        yy += cross * (y0 * y0 + y0 * y1 + y1 * y1) / 12.0;
        xy += cross * (x0 * y1 + 2.0 * x0 * y0 + 2.0 * x1 * y1 + x1 * y0) / 24.0;
    }
    [xx / area, xy / area, yy / area]
}

/// Fits the affine map to all crossings, twice, the second time without those that do not fit.
fn fit(
    centre: [f32; 2],
    sides: [[f32; 2]; 2],
    directions: &[[f32; 2]; RAYS],
    rays: &[Crossings; RAYS],
) -> Option<Finder> {
    let mut finder = Finder {
        centre,
        sides,
        quality: 0.0,
    };
    for play in [0.8, 0.5] {
        let mut axes = [LeastSquares::<3>::new(), LeastSquares::<3>::new()];
        let mut counts = [[0; 2]; 2];
        let mut total = 0;
        for (direction, crossings) in directions.iter().zip(rays) {
            for (edge, crossing) in EDGES.iter().zip(crossings) {
                total += 1;
                let Some(at) = crossing else { continue };
                let offset = direction.map(|part| part * at);
                let place = [centre[0] + offset[0], centre[1] + offset[1]];
                let local = finder.local(place);
                let axis = usize::from(local[1].abs() > local[0].abs());
                let across = local[1 - axis].abs() / local[axis].abs().max(1e-6);
                // Corners are rounded by every lens.
                if across > 0.85 || (local[axis].abs() - edge).abs() > play {
                    continue;
                }
                let wanted = edge.copysign(local[axis]);
                axes[axis].wish(
                    [f64::from(offset[0]), f64::from(offset[1]), 1.0],
                    f64::from(wanted),
                    1.0,
                );
                counts[axis][usize::from(wanted > 0.0)] += 1;
            }
        }
        if counts.as_flattened().iter().any(|&count| count < 3) {
            return None;
        }
        let [[px, py, p], [qx, qy, q]] = [axes[0].solve()?, axes[1].solve()?];
        let determinant = px * qy - py * qx;
        if determinant.abs() < 1e-9 {
            return None;
        }
        let inverse = [
            [qy / determinant, -py / determinant],
            [-qx / determinant, px / determinant],
        ];
        let shift = [0, 1].map(|i| -(inverse[i][0] * p + inverse[i][1] * q));
        finder.centre = [centre[0] + shift[0] as f32, centre[1] + shift[1] as f32];
        finder.sides = [
            [inverse[0][0] as f32, inverse[1][0] as f32],
            [inverse[0][1] as f32, inverse[1][1] as f32],
        ];
        let fitting: i32 = counts.as_flattened().iter().sum();
        finder.quality = fitting as f32 / total as f32;
    }
    (finder.module() > 0.5 && finder.quality > 0.35).then_some(finder)
}
