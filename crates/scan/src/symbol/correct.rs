//! From modules to codewords, and the correction of their errors: ISO/IEC 18004:2015, clause 12 steps 8 to 12, with soft
//! decision added.

use super::blocks::Blocks;
use super::layout::{Layout, is_masked};
use super::modules::Modules;
use super::reed_solomon::{Corrections, MAX_EC, Syndromes};

/// Codewords for error correction that stay unused when the least confident codewords of a block are erased.
///
/// A block beyond repair looks random to the decoder. With `k` unused codewords, `e` errors and the rest of the budget
/// erased, chance makes a codeword of it with a probability of some (n/256)^e / e! / 256^k, which sums up over all
/// numbers of erasures to less than 2 / 256^k for the block lengths of QR codes. Three unused codewords make that 1e-7 for
/// a failing block: at 30 failing reads in a second, one wrong block in four days. (Two would make it one in half an
/// hour.) Without erasures the number of errors `e` alone makes a wrong correction rarer than 1e-9, with the codewords
/// that the standard reserves in the small versions.
const UNUSED_WITH_ERASURES: usize = 3;

/// The longest block that a byte of index allows; the longest in table 9 has 153 codewords.
const MAX_BLOCK: usize = 255;

/// The codewords of a symbol without errors.
pub(super) struct Corrected {
    /// All of them, interleaved as they stand in the symbol.
    pub codewords: Vec<u8>,
    /// Those with data, block after block.
    pub data: Vec<u8>,
    /// How many were wrong.
    pub changed: usize,
    /// Whether some had to be erased for a block to be corrected.
    pub erased: bool,
}

/// How many blocks could not be corrected.
///
/// The search for erasures ends with the first block that it cannot help, and counts those after it as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Damage {
    pub blocks_bad: usize,
}

pub(super) fn correct(modules: &Modules, blocks: Blocks, mask: u8) -> Result<Corrected, Damage> {
    let mut received = Received::new(modules, mask);
    let bad: Vec<usize> = (0..blocks.count)
        .filter(|&block| !received.correct_errors(blocks, block))
        .collect();
    let helped = bad
        .iter()
        .take_while(|&&block| received.correct_with_erasures(blocks, block))
        .count();
    if helped < bad.len() {
        let blocks_bad = bad.len() - helped;
        return Err(Damage { blocks_bad });
    }
    let data = (0..blocks.count)
        .flat_map(|block| (0..blocks.data(block)).map(move |index| blocks.place(block, index)))
        .map(|place| received.codewords[place])
        .collect();
    Ok(Corrected {
        codewords: received.codewords,
        data,
        changed: received.changed,
        erased: !bad.is_empty(),
    })
}

/// The codewords as sampled.
struct Received {
    codewords: Vec<u8>,
    /// Of each codeword: of two, the one with the smaller number is the more likely wrong one.
    confidence: Vec<u16>,
    changed: usize,
}

impl Received {
    fn new(modules: &Modules, mask: u8) -> Self {
        let order = &Layout::of(modules.version()).order;
        let mut codewords = Vec::with_capacity(order.len() / 8);
        let mut confidence = Vec::with_capacity(order.len() / 8);
        for bits in order.chunks_exact(8) {
            let (mut codeword, mut least, mut sum) = (0, u8::MAX, 0);
            for &place in bits {
                let value = modules.at(usize::from(place[0]), usize::from(place[1]));
                let bit = (value > 0) != is_masked(mask, place);
                codeword = (codeword << 1) | u8::from(bit);
                least = least.min(value.unsigned_abs());
                sum += u16::from(value.unsigned_abs());
            }
            codewords.push(codeword);
            // The worst module decides, for one wrong module makes a codeword wrong; the others decide between equals.
            confidence.push((u16::from(least) << 8) + sum / 8);
        }
        Self {
            codewords,
            confidence,
            changed: 0,
        }
    }

    fn correct_errors(&mut self, blocks: Blocks, block: usize) -> bool {
        let syndromes = self.syndromes(blocks, block);
        if syndromes.are_zero() {
            return true;
        }
        let corrections = syndromes.solve(&[], blocks.reserved);
        self.apply(blocks, block, corrections)
    }

    /// Erases the least confident codewords, more and more of them (generalized minimum distance decoding, G. Forney 1966).
    fn correct_with_erasures(&mut self, blocks: Blocks, block: usize) -> bool {
        let syndromes = self.syndromes(blocks, block);
        let unused = UNUSED_WITH_ERASURES.max(blocks.reserved);
        let Some(budget) = blocks.ec.checked_sub(unused) else {
            return false;
        };
        let suspects = self.suspects(blocks, block);
        // An erasure more than that would leave half an error unused.
        let first = if budget % 2 == 0 { 2 } else { 1 };
        let corrections = (first..=budget)
            .step_by(2)
            .find_map(|count| syndromes.solve(&suspects[..count], unused));
        self.apply(blocks, block, corrections)
    }

    fn syndromes(&self, blocks: Blocks, block: usize) -> Syndromes {
        let mut word = [0; MAX_BLOCK];
        let word = &mut word[..blocks.len(block)];
        for (index, codeword) in word.iter_mut().enumerate() {
            *codeword = self.codewords[blocks.place(block, index)];
        }
        Syndromes::of(word, blocks.ec)
    }

    /// The codewords of the block that are the most likely wrong, the worst first.
    fn suspects(&self, blocks: Blocks, block: usize) -> [u8; MAX_EC] {
        let length = blocks.len(block);
        let mut ranked = [(0, 0); MAX_BLOCK];
        for (index, rank) in ranked[..length].iter_mut().enumerate() {
            *rank = (self.confidence[blocks.place(block, index)], index as u8);
        }
        let ranked = &mut ranked[..length];
        if length > MAX_EC {
            ranked.select_nth_unstable(MAX_EC);
        }
        let worst = &mut ranked[..length.min(MAX_EC)];
        worst.sort_unstable();
        let mut suspects = [0; MAX_EC];
        for (suspect, &mut (_, index)) in suspects.iter_mut().zip(worst) {
            *suspect = index;
        }
        suspects
    }

    fn apply(&mut self, blocks: Blocks, block: usize, corrections: Option<Corrections>) -> bool {
        let Some(corrections) = corrections else {
            return false;
        };
        for (index, change) in corrections.iter() {
            self.codewords[blocks.place(block, index)] ^= change;
            self.changed += 1;
        }
        true
    }
}
