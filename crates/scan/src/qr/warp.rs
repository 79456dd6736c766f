//! From a code's modules to the picture's pixels.

use super::algebra::LeastSquares;
use super::group::Triple;

/// A projective map from places on the code, in modules from its top left corner, to pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Homography([f32; 8]);

/// A place on the code that is seen at a place in the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tie {
    pub(crate) code: [f32; 2],
    pub(crate) picture: [f32; 2],
    pub(crate) weight: f32,
}

impl Homography {
    /// The pixel at which a place on the code is seen.
    #[inline]
    pub(crate) fn map(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        let h = &self.0;
        let w = h[6] * u + h[7] * v + 1.0;
        [
            (h[0] * u + h[1] * v + h[2]) / w,
            (h[3] * u + h[4] * v + h[5]) / w,
        ]
    }

    /// How a step of one module to the right, and one down, moves the pixel at a place.
    pub(crate) fn steps(&self, [u, v]: [f32; 2]) -> [[f32; 2]; 2] {
        let here = self.map([u, v]);
        let step = |to: [f32; 2]| {
            let there = self.map(to);
            [there[0] - here[0], there[1] - here[1]]
        };
        [step([u + 1.0, v]), step([u, v + 1.0])]
    }

    /// The map that fits the ties best.
    pub(crate) fn fit(ties: &[Tie]) -> Option<Self> {
        let centre = mean(ties.iter().map(|tie| tie.picture));
        let spread = ties
            .iter()
            .map(|tie| (tie.picture[0] - centre[0]).hypot(tie.picture[1] - centre[1]))
            .sum::<f32>()
            .max(1e-6)
            / ties.len() as f32;
        let size = ties
            .iter()
            .flat_map(|tie| tie.code)
            .fold(1.0_f32, |size, value| size.max(value));
        let mut h = [0.0_f64; 8];
        // The algebraic error counts far ends less than near ones; dividing by the last round's w mends that.
        for round in 0..2 {
            let mut sums = LeastSquares::<8>::new();
            for tie in ties {
                let [u, v] = tie.code.map(|value| f64::from(value / size));
                let [x, y] = [0, 1].map(|i| f64::from((tie.picture[i] - centre[i]) / spread));
                let w = if round == 0 {
                    1.0
                } else {
                    h[6] * u + h[7] * v + 1.0
                };
                let weight = f64::from(tie.weight) / (w * w).max(1e-3);
                sums.wish([u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x], x, weight);
                sums.wish([0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y], y, weight);
            }
            h = sums.solve()?;
        }
        let (s, cx, cy) = (
            f64::from(spread),
            f64::from(centre[0]),
            f64::from(centre[1]),
        );
        let n = f64::from(size);
        let row = |i: usize, c: f64| {
            [
                (h[i] * s + h[6] * c) / n,
                (h[i + 1] * s + h[7] * c) / n,
                h[i + 2] * s + c,
            ]
        };
        let ([a, b, c], [d, e, f]) = (row(0, cx), row(3, cy));
        let map = Self([a, b, c, d, e, f, h[6] / n, h[7] / n].map(|value| value as f32));
        map.is_sane(size).then_some(map)
    }

    /// Whether the whole code lies before the camera.
    fn is_sane(&self, size: f32) -> bool {
        let h = &self.0;
        [[0.0, 0.0], [size, 0.0], [0.0, size], [size, size]]
            .iter()
            .all(|[u, v]| h[6] * u + h[7] * v + 1.0 > 0.1)
            && h.iter().all(|value| value.is_finite())
    }
}

fn mean(points: impl Iterator<Item = [f32; 2]>) -> [f32; 2] {
    let (mut sum, mut count) = ([0.0; 2], 0.0);
    for point in points {
        sum = [sum[0] + point[0], sum[1] + point[1]];
        count += 1.0;
    }
    sum.map(|value| value / count)
}

/// What three finder patterns tie to the picture, in a code of `side` modules.
pub(crate) fn finder_ties(triple: &Triple, side: usize) -> Vec<Tie> {
    let far = side as f32 - 3.5;
    let mut ties = Vec::with_capacity(15);
    for (finder, middle) in [
        (&triple.top_left, [3.5, 3.5]),
        (&triple.top_right, [far, 3.5]),
        (&triple.bottom_left, [3.5, far]),
    ] {
        for (offset, weight) in [
            ([0.0, 0.0], 2.0),
            ([-3.5, -3.5], 1.0),
            ([3.5, -3.5], 1.0),
            ([3.5, 3.5], 1.0),
            ([-3.5, 3.5], 1.0),
        ] {
            ties.push(Tie {
                code: [middle[0] + offset[0], middle[1] + offset[1]],
                picture: finder.place(offset),
                weight,
            });
        }
    }
    ties
}

/// A map that is a homography and, on paper that is not flat, a bend over it.
#[derive(Debug, Clone)]
pub(crate) struct Warp {
    pub(crate) flat: Homography,
    bend: Option<Bend>,
}

/// Displacements in pixels at the nodes of a grid, and straight ways between them.
#[derive(Debug, Clone)]
struct Bend {
    /// The nodes' coordinates along either axis, in modules, rising.
    nodes: Vec<f32>,
    /// Row by row.
    shifts: Vec<[f32; 2]>,
}

impl Warp {
    pub(crate) fn flat(flat: Homography) -> Self {
        Self { flat, bend: None }
    }

    /// The homography bent so that each node of a square grid moves by its shift in pixels, row by row.
    pub(crate) fn bent(flat: Homography, nodes: Vec<f32>, shifts: Vec<[f32; 2]>) -> Self {
        assert_eq!(
            shifts.len(),
            nodes.len() * nodes.len(),
            "a shift for each node"
        );
        Self {
            flat,
            bend: Some(Bend { nodes, shifts }),
        }
    }

    #[inline]
    pub(crate) fn map(&self, place: [f32; 2]) -> [f32; 2] {
        let [x, y] = self.flat.map(place);
        match &self.bend {
            None => [x, y],
            Some(bend) => {
                let [dx, dy] = bend.at(place);
                [x + dx, y + dy]
            }
        }
    }
}

impl Bend {
    fn at(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        let count = self.nodes.len();
        let cell = |at: f32| {
            let index = self.nodes[1..count - 1]
                .iter()
                .take_while(|&&node| node <= at)
                .count();
            let (from, to) = (self.nodes[index], self.nodes[index + 1]);
            // The outermost cells go on to the rim.
            (index, ((at - from) / (to - from)).clamp(-0.6, 1.6))
        };
        let ((column, s), (row, t)) = (cell(u), cell(v));
        let node = |dx: usize, dy: usize| self.shifts[(row + dy) * count + column + dx];
        std::array::from_fn(|i| {
            let upper = node(0, 0)[i] * (1.0 - s) + node(1, 0)[i] * s;
            let lower = node(0, 1)[i] * (1.0 - s) + node(1, 1)[i] * s;
            upper * (1.0 - t) + lower * t
        })
    }
}
