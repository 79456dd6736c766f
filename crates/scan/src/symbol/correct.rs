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

/// Of how many codewords the doubtful bit is turned over in all combinations: 2^4 - 1 tries more for a bad block, each
/// with less than 1e-9 for a wrong codeword (see above), and each some microsecond.
const FLIPS: usize = 4;

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
    /// Whether it took the modules' confidence to correct a block.
    pub by_confidence: bool,
}

/// How many blocks could not be corrected.
///
/// The modules' confidence is asked up to the first block that it cannot help; those after it count as they are.
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
        .take_while(|&&block| received.correct_by_confidence(blocks, block))
        .count();
    if helped < bad.len() {
        let blocks_bad = bad.len() - helped;
        return Err(Damage { blocks_bad });
    }
    let data = (0..blocks.count)
        .flat_map(|block| (0..blocks.data(block)).map(move |index| blocks.place(block, index)))
        .map(|place| received.codewords[place])
        .collect();
    let pairs = received.codewords.iter().zip(&received.sampled);
    Ok(Corrected {
        data,
        changed: pairs
            .filter(|(codeword, sampled)| codeword != sampled)
            .count(),
        by_confidence: !bad.is_empty(),
        codewords: received.codewords,
    })
}

/// The codewords on their way from what was sampled to what was meant.
struct Received {
    sampled: Vec<u8>,
    codewords: Vec<u8>,
    doubts: Vec<Doubt>,
}

/// How sure a codeword is.
#[derive(Clone, Copy)]
struct Doubt {
    /// Of two codewords, the one with the smaller number is the more likely wrong one.
    confidence: u16,
    /// The least confident of its bits.
    bit: u8,
}

impl Received {
    fn new(modules: &Modules, mask: u8) -> Self {
        let order = &Layout::of(modules.version()).order;
        let mut sampled = Vec::with_capacity(order.len() / 8);
        let mut doubts = Vec::with_capacity(order.len() / 8);
        for places in order.chunks_exact(8) {
            let (mut codeword, mut least, mut sum) = (0, (u8::MAX, 0), 0);
            for (number, &place) in places.iter().enumerate() {
                let value = modules.at(usize::from(place[0]), usize::from(place[1]));
                let bit = (value > 0) != is_masked(mask, place);
                codeword = (codeword << 1) | u8::from(bit);
                least = least.min((value.unsigned_abs(), 0x80 >> number));
                sum += u16::from(value.unsigned_abs());
            }
            sampled.push(codeword);
            // The worst module decides, for one wrong module makes a codeword wrong; the others decide between equals.
            let confidence = (u16::from(least.0) << 8) + sum / 8;
            doubts.push(Doubt {
                confidence,
                bit: least.1,
            });
        }
        Self {
            codewords: sampled.clone(),
            sampled,
            doubts,
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

    fn correct_by_confidence(&mut self, blocks: Blocks, block: usize) -> bool {
        let syndromes = self.syndromes(blocks, block);
        let suspects = self.suspects(blocks, block);
        self.correct_with_flips(blocks, block, syndromes.clone(), &suspects)
            || self.correct_with_erasures(blocks, block, &syndromes, &suspects)
    }

    /// Turns the doubtful bits of the worst codewords over, in all combinations (D. Chase's second algorithm, 1972). This is
    /// what helps against noise: a bit turned rightly costs nothing, where an erasure costs one codeword.
    fn correct_with_flips(
        &mut self,
        blocks: Blocks,
        block: usize,
        mut syndromes: Syndromes,
        suspects: &[u8],
    ) -> bool {
        let doubtful = &suspects[..FLIPS.min(suspects.len())];
        // Each combination differs from the one before in one bit: a Gray code.
        for step in 1..1_usize << doubtful.len() {
            let index = doubtful[step.trailing_zeros() as usize];
            let place = blocks.place(block, usize::from(index));
            let bit = self.doubts[place].bit;
            syndromes.add(index, bit);
            self.codewords[place] ^= bit;
            let corrections = syndromes.solve(&[], blocks.reserved);
            if self.apply(blocks, block, corrections) {
                return true;
            }
        }
        for &index in doubtful {
            let place = blocks.place(block, usize::from(index));
            self.codewords[place] = self.sampled[place];
        }
        false
    }

    /// Erases the worst codewords, more and more of them (generalized minimum distance decoding, G. Forney 1966). This is
    /// what helps against damage that the sampling noticed.
    fn correct_with_erasures(
        &mut self,
        blocks: Blocks,
        block: usize,
        syndromes: &Syndromes,
        suspects: &[u8],
    ) -> bool {
        let unused = UNUSED_WITH_ERASURES.max(blocks.reserved);
        let Some(budget) = blocks.ec.checked_sub(unused) else {
            return false;
        };
        // An erasure more than that would leave half an error unused.
        let first = if budget.is_multiple_of(2) { 2 } else { 1 };
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
            *rank = (
                self.doubts[blocks.place(block, index)].confidence,
                index as u8,
            );
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
        }
        true
    }
}
