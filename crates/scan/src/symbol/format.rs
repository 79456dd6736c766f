//! Format and version information by soft decision: ISO/IEC 18004:2015, clauses 7.9 and 7.10.

use super::modules::Modules;

/// How much of a symbol's codewords is for error correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// About 7 % of the codewords can be restored.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

impl Level {
    /// The levels in the order of the two bits that tell them, table 12.
    const BY_BITS: [Self; 4] = [Self::M, Self::L, Self::H, Self::Q];
}

/// What the format information says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub level: Level,
    /// 0 to 7.
    pub mask: u8,
}

impl Format {
    fn from_bits(bits: u8) -> Self {
        Self {
            level: Level::BY_BITS[usize::from(bits >> 3 & 3)],
            mask: bits & 7,
        }
    }

    /// The 15 bits that stand in the symbol for it.
    pub fn word(self) -> u16 {
        let place = Level::BY_BITS.iter().position(|&level| level == self.level);
        let level = place.expect("every level has its bits");
        FORMAT_WORDS[level << 3 | usize::from(self.mask)]
    }
}

/// A format that the symbol may have, and how well it agrees with what was sampled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub format: Format,
    /// The confidence of the modules that agree less that of those that do not.
    pub score: i32,
}

/// The words of the format information: BCH (15,5) with generator 0x537, and the mask 0x5412 over it (annex C).
const FORMAT_WORDS: [u16; 32] = {
    let mut words = [0; 32];
    let mut data = 0;
    while data < 32 {
        words[data] = with_check_bits(data as u32, 10, 0x537) as u16 ^ 0x5412;
        data += 1;
    }
    words
};

/// The 18 bits of the version information: BCH (18,6) with generator 0x1F25 (annex D). It stands in versions 7 to 40.
pub(super) const fn version_word(version: u8) -> u32 {
    with_check_bits(version as u32, 12, 0x1f25)
}

/// The data with `check` bits behind them that make the whole divisible by the generator.
pub(super) const fn with_check_bits(data: u32, check: u32, generator: u32) -> u32 {
    let mut rest = data << check;
    let mut bit = 31;
    while bit >= check {
        if rest >> bit & 1 == 1 {
            rest ^= generator << (bit - check);
        }
        bit -= 1;
    }
    data << check | rest
}

/// Both places of a bit of the format information, as columns and rows; bit 0 is the least significant one.
pub(super) fn format_places(side: usize, bit: usize) -> [(usize, usize); 2] {
    let first = match bit {
        0..=5 => (8, bit),
        // The timing pattern is stepped over.
        6 | 7 => (8, bit + 1),
        8 => (7, 8),
        _ => (14 - bit, 8),
    };
    let second = match bit {
        0..=7 => (side - 1 - bit, 8),
        _ => (8, side - 15 + bit),
    };
    [first, second]
}

/// The three formats that agree best with the modules, the best first.
pub(super) fn candidates(modules: &Modules) -> [Candidate; 3] {
    let soft: [i32; 15] = std::array::from_fn(|bit| {
        let places = format_places(modules.side(), bit);
        places
            .map(|(x, y)| i32::from(modules.at(x, y)))
            .iter()
            .sum()
    });
    let mut all: [Candidate; 32] = std::array::from_fn(|bits| Candidate {
        format: Format::from_bits(bits as u8),
        score: agreement(&soft, u32::from(FORMAT_WORDS[bits])),
    });
    all.sort_by_key(|candidate| -candidate.score);
    [all[0], all[1], all[2]]
}

/// Whether the version information clearly tells another version than the one the modules were sampled for.
pub(super) fn is_of_another_version(modules: &Modules) -> bool {
    let believed = modules.version();
    if believed < 7 {
        return false;
    }
    let side = modules.side();
    let soft: [i32; 18] = std::array::from_fn(|bit| {
        let (along, across) = (bit / 3, side - 11 + bit % 3);
        i32::from(modules.at(across, along)) + i32::from(modules.at(along, across))
    });
    let whole: i32 = soft.iter().map(|value| value.abs()).sum();
    let score = |version| agreement(&soft, version_word(version));
    // Words differ in 8 bits of 18 at least, so this is far from both where chance would come and where damage would.
    (7..=40)
        .filter(|&version| version != believed)
        .any(|version| score(version) * 3 > whole * 2 && score(believed) * 4 < whole)
}

fn agreement(soft: &[i32], word: u32) -> i32 {
    let signed = |(bit, &value): (usize, &i32)| if word >> bit & 1 == 1 { value } else { -value };
    soft.iter().enumerate().map(signed).sum()
}
