//! Where things stand in a symbol: ISO/IEC 18004:2015, clauses 6.3 (function patterns), 7.7.3 (placement of data) and
//! 7.8.2 (masks), annex E (alignment patterns).

use std::sync::OnceLock;

use super::format;

/// What a module is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is the same in every symbol of the version: dark if true.
    Known(bool),
    Format,
    Data,
}

/// The rows and columns in which the alignment patterns of version 2 and on have their centres: annex E, table E.1.
#[rustfmt::skip]
const ALIGNMENT: [&[u8]; 40] = [
    &[], &[6, 18], &[6, 22], &[6, 26], &[6, 30], &[6, 34],
    &[6, 22, 38], &[6, 24, 42], &[6, 26, 46], &[6, 28, 50], &[6, 30, 54], &[6, 32, 58], &[6, 34, 62],
    &[6, 26, 46, 66], &[6, 26, 48, 70], &[6, 26, 50, 74], &[6, 30, 54, 78], &[6, 30, 56, 82], &[6, 30, 58, 86],
    &[6, 34, 62, 90],
    &[6, 28, 50, 72, 94], &[6, 26, 50, 74, 98], &[6, 30, 54, 78, 102], &[6, 28, 54, 80, 106], &[6, 32, 58, 84, 110],
    &[6, 30, 58, 86, 114], &[6, 34, 62, 90, 118],
    &[6, 26, 50, 74, 98, 122], &[6, 30, 54, 78, 102, 126], &[6, 26, 52, 78, 104, 130], &[6, 30, 56, 82, 108, 134],
    &[6, 34, 60, 86, 112, 138], &[6, 30, 58, 86, 114, 142], &[6, 34, 62, 90, 118, 146],
    &[6, 30, 54, 78, 102, 126, 150], &[6, 24, 50, 76, 102, 128, 154], &[6, 28, 54, 80, 106, 132, 158],
    &[6, 32, 58, 84, 110, 136, 162], &[6, 26, 54, 82, 110, 138, 166], &[6, 30, 58, 86, 114, 142, 170],
];

/// How many modules a row of a symbol of this version has, 1 to 40.
pub(super) fn side(version: u8) -> usize {
    17 + 4 * usize::from(version)
}

/// The rows and columns that hold the centres of alignment patterns, each with each but for the three that would stand
/// on finder patterns. Empty for version 1. `version` is 1 to 40.
pub(crate) fn alignment_positions(version: u8) -> &'static [u8] {
    ALIGNMENT[usize::from(version) - 1]
}

/// What a module of every symbol of this version is: `Some(true)` dark, `Some(false)` light, `None` if it holds data or
/// format information. Version information counts as known. `x` and `y` are below the version's side.
#[inline]
pub(crate) fn fixed(version: u8, x: usize, y: usize) -> Option<bool> {
    /// Of each version, row by row: every reading asks for all of them several times.
    static ALL: [OnceLock<Vec<Option<bool>>>; 40] = [const { OnceLock::new() }; 40];
    let side = side(version);
    let of_version = || {
        let role = |index| match role(version, index % side, index / side) {
            Role::Known(dark) => Some(dark),
            Role::Format | Role::Data => None,
        };
        (0..side * side).map(role).collect()
    };
    ALL[usize::from(version) - 1].get_or_init(of_version)[y * side + x]
}

fn role(version: u8, x: usize, y: usize) -> Role {
    let side = side(version);
    let known = finder(side, x, y)
        .or_else(|| alignment(version, x, y))
        .or_else(|| timing(x, y))
        .or_else(|| version_information(version, x, y))
        // The one dark module above the format information at the bottom left.
        .or_else(|| ((x, y) == (8, side - 8)).then_some(true));
    let is_format = |a: usize, b: usize| a == 8 && (b <= 8 || b >= side - 8);
    match known {
        Some(dark) => Role::Known(dark),
        None if is_format(x, y) || is_format(y, x) => Role::Format,
        None => Role::Data,
    }
}

/// A finder pattern with its separator: rings around its centre, of which the second and the fourth are light.
fn finder(side: usize, x: usize, y: usize) -> Option<bool> {
    [(3, 3), (side - 4, 3), (3, side - 4)]
        .into_iter()
        .map(|centre| ring(centre, x, y))
        .find(|&ring| ring <= 4)
        .map(|ring| ring != 2 && ring != 4)
}

fn alignment(version: u8, x: usize, y: usize) -> Option<bool> {
    let near = |at: usize| {
        let mut all = alignment_positions(version)
            .iter()
            .map(|&at| usize::from(at));
        all.find(|&centre| centre.abs_diff(at) <= 2)
    };
    let centre = (near(x)?, near(y)?);
    // A finder pattern stands in three of the corners, and the caller has asked for it before.
    let side = side(version);
    let in_a_corner = [(6, 6), (6, side - 7), (side - 7, 6)].contains(&centre);
    (!in_a_corner).then(|| ring(centre, x, y) != 1)
}

fn ring((centre_x, centre_y): (usize, usize), x: usize, y: usize) -> usize {
    centre_x.abs_diff(x).max(centre_y.abs_diff(y))
}

fn timing(x: usize, y: usize) -> Option<bool> {
    (x == 6 || y == 6).then(|| (x + y).is_multiple_of(2))
}

fn version_information(version: u8, x: usize, y: usize) -> Option<bool> {
    let bit = version_bit(side(version), x, y).or_else(|| version_bit(side(version), y, x))?;
    (version >= 7).then(|| format::version_word(version) >> bit & 1 == 1)
}

/// Which bit of the version information stands there, 0 the least significant, in the block at the top right.
fn version_bit(side: usize, x: usize, y: usize) -> Option<usize> {
    (y < 6 && (side - 11..side - 8).contains(&x)).then(|| y * 3 + x + 11 - side)
}

/// The places of a version's bits.
pub(super) struct Layout {
    /// Column and row of every data module in the order in which the codewords fill them, the most significant bit of
    /// each first. A few remainder bits, fewer than 8, may follow the last codeword.
    pub order: Vec<[u8; 2]>,
}

impl Layout {
    /// The layout of this version, 1 to 40. It is made once.
    pub fn of(version: u8) -> &'static Self {
        static ALL: [OnceLock<Layout>; 40] = [const { OnceLock::new() }; 40];
        ALL[usize::from(version) - 1].get_or_init(|| Self::new(version))
    }

    fn new(version: u8) -> Self {
        let side = side(version);
        // Pairs of columns from the right to the left, up and down in turn. The column of the timing pattern is left out.
        let pairs = (0..side).rev().filter(|&x| x != 6).collect::<Vec<_>>();
        let mut order = Vec::with_capacity(side * side);
        for (number, pair) in pairs.chunks_exact(2).enumerate() {
            for step in 0..side {
                let y = if number % 2 == 0 {
                    side - 1 - step
                } else {
                    step
                };
                let data = pair.iter().filter(|&&x| role(version, x, y) == Role::Data);
                order.extend(data.map(|&x| [x as u8, y as u8]));
            }
        }
        Self { order }
    }

    /// How many codewords a symbol holds, those for error correction among them.
    pub fn codewords(&self) -> usize {
        self.order.len() / 8
    }
}

/// Whether this mask, 0 to 7, turns the data module at column `x` of row `y` over.
pub(super) fn is_masked(mask: u8, [x, y]: [u8; 2]) -> bool {
    let (x, y) = (u32::from(x), u32::from(y));
    let remainder = match mask {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (y / 2 + x / 3) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    };
    remainder == 0
}
