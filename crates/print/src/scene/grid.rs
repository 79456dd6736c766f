//! Labels beside and below each other.

use super::paper::{Label, Stuck};
use super::random::Random;
use super::wear::Wear;

/// A label that is not stuck on yet.
pub(super) struct Piece {
    pub(super) label: Label,
    /// The length of its modules, as a multiple of the usual one.
    pub(super) scale: f64,
    /// How its box stands: 0 or a quarter of a turn or more, in radians.
    pub(super) quarter: f64,
    pub(super) wear: Wear,
}

impl Piece {
    /// A label as it comes from the printer.
    pub(super) fn straight(label: Label) -> Self {
        Self {
            label,
            scale: 1.0,
            quarter: 0.0,
            wear: Wear::NONE,
        }
    }

    /// Width and height of the room that it takes, in usual modules: both sides are the longer one where it may lie on
    /// its side.
    fn paper(&self) -> [f64; 2] {
        let paper = self.label.paper().map(|side| side * self.scale);
        if self.quarter > 0.0 {
            [paper[1]; 2]
        } else {
            paper
        }
    }
}

/// Rows and columns of cells, each large enough for a label that is askew. Lengths are in modules.
pub(super) struct Grid {
    columns: usize,
    rows: usize,
    cell: [f64; 2],
    /// The largest angle of a label to its cell, in radians.
    askew: f64,
}

impl Grid {
    /// Cells in which each label has so much room, in its own longer sides.
    pub(super) fn of(labels: &[Piece], room: f64, askew: f64) -> Self {
        let longest = |axis: usize| {
            labels
                .iter()
                .map(|label| label.paper()[axis])
                .fold(0.0, f64::max)
        };
        let paper = [longest(0), longest(1)];
        let cell = paper.map(|side| side * room + paper[1] * askew);
        // As near to 4:3 as whole columns allow.
        let ideal = (labels.len() as f64 * 4.0 / 3.0 * cell[1] / cell[0]).sqrt();
        let columns = (ideal.round() as usize).clamp(1, labels.len());
        Self {
            columns,
            rows: labels.len().div_ceil(columns),
            cell,
            askew,
        }
    }

    pub(super) fn width(&self) -> f64 {
        self.cell[0] * self.columns as f64
    }

    pub(super) fn height(&self) -> f64 {
        self.cell[1] * self.rows as f64
    }

    /// Sticks each label somewhere into its cell.
    pub(super) fn stick(&self, labels: Vec<Piece>, module: f64, random: &mut Random) -> Vec<Stuck> {
        let askew = self.askew;
        let one = |(number, piece): (usize, Piece)| {
            let (column, row) = (number % self.columns, number / self.columns);
            let paper = piece.paper();
            let turn = random.between(-askew, askew);
            let mut place = |index: usize, axis: usize, whole: f64| {
                let free = self.cell[axis] - paper[axis] - paper[1] * askew;
                let jitter = random.between(-0.4, 0.4) * free.max(0.0);
                ((index as f64 + 0.5) * self.cell[axis] - whole / 2.0 + jitter) * module
            };
            let middle = [place(column, 0, self.width()), place(row, 1, self.height())];
            Stuck {
                middle,
                turn: piece.quarter + turn,
                module: module * piece.scale,
                wear: piece.wear,
                label: piece.label,
            }
        };
        labels.into_iter().enumerate().map(one).collect()
    }
}
