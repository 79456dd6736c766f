//! Follows paper that is not flat, module by module.
//!
//! Where the grid lies right, the middles of modules are wholly dark or wholly light; where it lies beside, they are
//! grey. So a net over the code is moved, node by node, to where its surroundings are darkest and lightest, beginning at
//! the finder patterns, whose places are known, each node starting from how its neighbours have moved.

use super::algebra::LeastSquares;
use super::grid::Grid;
use super::group::Triple;
use super::warp::Warp;
use crate::deadline::Deadline;
use crate::effort::Work;
use crate::plane::Plane;
use crate::symbol::fixed;

/// The distance of two nodes, in modules.
const MESH: f32 = 5.0;
/// How far around a node modules count, in modules.
const REACH: f32 = 4.5;
/// What a known module counts in comparison to one that may be either.
const KNOWN: f32 = 2.0;

struct Net<'a> {
    plane: &'a Plane,
    factor: f32,
    warp: &'a Warp,
    side: usize,
    nodes: Vec<f32>,
    /// In pixels.
    shifts: Vec<[f32; 2]>,
    /// The threshold for each module, and what is known of it: 1 dark, -1 light, 0 either.
    thresholds: Vec<f32>,
    known: Vec<i8>,
}

/// The warp bent to follow the paper; none where the deadline comes first.
pub(crate) fn refined(
    plane: &Plane,
    factor: f32,
    warp: &Warp,
    side: usize,
    triple: &Triple,
    deadline: &Deadline,
) -> Option<Warp> {
    let mut net = Net::new(plane, factor, warp, side);
    net.grow(triple, deadline)?;
    for span in [0.3, 0.15] {
        net.settle(span, deadline)?;
    }
    Some(net.bend())
}

impl<'a> Net<'a> {
    fn new(plane: &'a Plane, factor: f32, warp: &'a Warp, side: usize) -> Self {
        let cells = (side as f32 / MESH).round().max(3.0);
        let nodes: Vec<f32> = (0..=cells as usize)
            .map(|index| index as f32 * side as f32 / cells)
            .collect();
        let version = ((side - 17) / 4) as u8;
        let known = (0..side * side)
            .map(|index| match fixed(version, index % side, index / side) {
                Some(true) => 1,
                Some(false) => -1,
                None => 0,
            })
            .collect();
        let thresholds = Grid::sample(plane, factor, warp, side).means(4);
        let shifts = vec![[0.0; 2]; nodes.len() * nodes.len()];
        Self {
            plane,
            factor,
            warp,
            side,
            nodes,
            shifts,
            thresholds,
            known,
        }
    }

    fn node(&self, index: usize) -> [f32; 2] {
        let count = self.nodes.len();
        [self.nodes[index % count], self.nodes[index / count]]
    }

    /// From the finder patterns outwards, each node from where its neighbours are.
    fn grow(&mut self, triple: &Triple, deadline: &Deadline) -> Option<()> {
        let far = self.side as f32 - 3.5;
        let finders = [
            (&triple.top_left, [3.5, 3.5]),
            (&triple.top_right, [far, 3.5]),
            (&triple.bottom_left, [3.5, far]),
        ];
        let mut done = vec![false; self.shifts.len()];
        let mut order = Vec::new();
        for (index, is_done) in done.iter_mut().enumerate() {
            let node = self.node(index);
            let offset = |middle: [f32; 2]| [node[0] - middle[0], node[1] - middle[1]];
            let away = |middle: [f32; 2]| offset(middle)[0].abs().max(offset(middle)[1].abs());
            let (distance, (finder, middle)) = finders
                .iter()
                .map(|finder| (away(finder.1), *finder))
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .expect("there are three");
            if distance < 4.2 {
                let (there, here) = (finder.place(offset(middle)), self.warp.map(node));
                self.shifts[index] = [there[0] - here[0], there[1] - here[1]];
                *is_done = true;
            } else {
                order.push((distance, index));
            }
        }
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, index) in order {
            let start = self.trend(index, &done);
            self.shifts[index] = self.best(index, start, 0.6, 0.2);
            done[index] = true;
            self.count(deadline)?;
        }
        Some(())
    }

    /// Where a node should be by how the others have moved, the nearest counting most. A tin bends along one
    /// direction: what either direction adds is a parabola, and they do not mix.
    fn trend(&self, index: usize, done: &[bool]) -> [f32; 2] {
        let node = self.node(index);
        let mut sums = [LeastSquares::<5>::new(), LeastSquares::<5>::new()];
        let mesh = self.nodes[1] - self.nodes[0];
        for other in (0..done.len()).filter(|&other| done[other]) {
            let place = self.node(other);
            let offset = [0, 1].map(|i| f64::from((place[i] - node[i]) / mesh));
            let distance = offset[0].hypot(offset[1]);
            if distance > 6.5 {
                continue;
            }
            let weight = 1.0 / (distance * distance);
            let [u, v] = offset;
            for (sums, shift) in sums.iter_mut().zip(self.shifts[other]) {
                sums.wish([u, v, u * u, v * v, 1.0], f64::from(shift), weight);
            }
        }
        sums.map(|mut sums| {
            // Few neighbours determine no slope; then it is level.
            sums.damp_slopes(0.05);
            sums.solve().map_or(0.0, |[.., level]| level as f32)
        })
    }

    /// Each node once more, from the mean of itself and its neighbours.
    fn settle(&mut self, span: f32, deadline: &Deadline) -> Option<()> {
        for (index, before) in self.shifts.clone().into_iter().enumerate() {
            let around = self.neighbours_mean(index);
            let start = [0, 1].map(|i| (before[i] + around[i]) / 2.0);
            self.shifts[index] = self.best(index, start, span, span / 2.0);
            self.count(deadline)?;
        }
        Some(())
    }

    /// Counts the work on a node; none where it was the last that may be done.
    fn count(&self, deadline: &Deadline) -> Option<()> {
        deadline.effort().spend(Work::Node(self.nodes.len()));
        (!deadline.is_over()).then_some(())
    }

    fn neighbours_mean(&self, index: usize) -> [f32; 2] {
        let count = self.nodes.len();
        let (column, row) = (index % count, index / count);
        let (mut sum, mut total) = ([0.0; 2], 0.0_f32);
        for y in row.saturating_sub(1)..(row + 2).min(count) {
            for x in column.saturating_sub(1)..(column + 2).min(count) {
                let neighbour = y * count + x;
                if neighbour != index {
                    sum = [
                        sum[0] + self.shifts[neighbour][0],
                        sum[1] + self.shifts[neighbour][1],
                    ];
                    total += 1.0;
                }
            }
        }
        sum.map(|value| value / total.max(1.0))
    }

    /// The best shift near `start`.
    fn best(&self, index: usize, start: [f32; 2], span: f32, step: f32) -> [f32; 2] {
        let node = self.node(index);
        let range = |at: f32| {
            let from = (at - REACH).max(0.0).ceil() as usize;
            from..((at + REACH).floor() as usize).min(self.side)
        };
        let here = self.warp.map(node);
        let unit = |to: [f32; 2]| {
            let there = self.warp.map(to);
            [there[0] - here[0], there[1] - here[1]]
        };
        let (right, down) = (
            unit([node[0] + 1.0, node[1]]),
            unit([node[0], node[1] + 1.0]),
        );
        let mut modules = Vec::with_capacity(100);
        for y in range(node[1]) {
            for x in range(node[0]) {
                let place = self.warp.map([x as f32 + 0.5, y as f32 + 0.5]);
                modules.push((
                    place,
                    self.thresholds[y * self.side + x],
                    self.known[y * self.side + x],
                ));
            }
        }
        let score = |offset: [f32; 2]| {
            modules
                .iter()
                .map(|(place, threshold, known)| {
                    let place =
                        [place[0] + offset[0], place[1] + offset[1]].map(|part| part * self.factor);
                    let difference = threshold - self.plane.at(place);
                    if *known == 0 {
                        difference.abs()
                    } else {
                        KNOWN * f32::from(*known) * difference
                    }
                })
                .sum::<f32>()
        };
        let steps = (span / step).round() as i32;
        let (mut best, mut best_score) = (start, score(start) * 1.01);
        for dy in -steps..=steps {
            for dx in -steps..=steps {
                let (u, v) = (dx as f32 * step, dy as f32 * step);
                let shift = [0, 1].map(|i| start[i] + u * right[i] + v * down[i]);
                let value = score(shift);
                if value > best_score {
                    (best, best_score) = (shift, value);
                }
            }
        }
        best
    }

    fn bend(self) -> Warp {
        let shifts = (0..self.shifts.len())
            .map(|index| {
                let node = self.node(index);
                let (here, flat) = (self.warp.map(node), self.warp.flat.map(node));
                [0, 1].map(|i| here[i] + self.shifts[index][i] - flat[i])
            })
            .collect();
        Warp::bent(self.warp.flat, self.nodes, shifts)
    }
}
