//! How the codewords of a symbol are divided into blocks for error correction: ISO/IEC 18004:2015, table 9.

use super::format::Level;
use super::layout::Layout;

/// Codewords for error correction in each block, by level (L, M, Q, H) and version.
#[rustfmt::skip]
const EC_PER_BLOCK: [[u8; 40]; 4] = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
     28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
     26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
     28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
     30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
];

/// Blocks, by level (L, M, Q, H) and version.
#[rustfmt::skip]
const BLOCKS: [[u8; 40]; 4] = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
     8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
     17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
     23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
     25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81],
];

/// The blocks of a symbol. Their codewords are interleaved: first of each block the first, then the second, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blocks {
    /// How many there are.
    pub count: usize,
    /// Codewords for error correction in each.
    pub ec: usize,
    /// Those of them that the standard keeps for noticing that a correction would be wrong (its "p").
    pub reserved: usize,
    /// Codewords of the whole symbol.
    pub total: usize,
}

impl Blocks {
    pub fn of(version: u8, level: Level) -> Self {
        let (row, column) = (level as usize, usize::from(version) - 1);
        Self {
            count: usize::from(BLOCKS[row][column]),
            ec: usize::from(EC_PER_BLOCK[row][column]),
            reserved: match (version, level) {
                (1, Level::L) => 3,
                (1, Level::M) | (2, Level::L) => 2,
                (1, Level::Q | Level::H) | (3, Level::L) => 1,
                _ => 0,
            },
            total: Layout::of(version).codewords(),
        }
    }

    /// Data codewords of this block. The last blocks may have one more than the first.
    pub fn data(self, block: usize) -> usize {
        let longer = self.total % self.count;
        self.total / self.count - self.ec + usize::from(block >= self.count - longer)
    }

    /// Codewords of this block, data first.
    pub fn len(self, block: usize) -> usize {
        self.data(block) + self.ec
    }

    /// Where the codeword `index` of this block stands among the interleaved ones.
    pub fn place(self, block: usize, index: usize) -> usize {
        let (shortest, data) = (self.data(0), self.data(block));
        if index >= data {
            self.total - self.ec * self.count + (index - data) * self.count + block
        } else if index < shortest {
            index * self.count + block
        } else {
            // The additional codewords of the longer blocks, which are the last ones.
            shortest * self.count + block + self.total % self.count - self.count
        }
    }
}
