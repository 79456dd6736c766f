//! From the modules of a QR code, as sampled, to its content: ISO/IEC 18004:2015, model 2, versions 1 to 40.
//!
//! Sampling tells of every module how sure it is. That decides between formats and picks the codewords to give up when a
//! block has more errors than it could bear otherwise.

mod blocks;
mod correct;
mod format;
mod layout;
mod micro;
mod modules;
mod reed_solomon;
mod segments;
#[cfg(test)]
mod tests;

use std::fmt;

use blocks::Blocks;
use format::{Candidate, Format, format_places};
use layout::{Layout, is_masked, side};
use segments::Segments;

use crate::text::Content;
pub(crate) use format::Level;
pub(crate) use layout::{alignment_positions, fixed};
pub(crate) use micro::read as read_micro;
pub(crate) use modules::Modules;

/// The content of a symbol. Labels hold secrets, so its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Payload {
    pub content: Content,
    /// 1 to 40.
    pub version: u8,
    pub level: Level,
    /// 0 to 7.
    pub mask: u8,
    /// How many codewords were wrong.
    pub corrected: usize,
    /// All codewords, corrected and interleaved as they stand in the symbol; [`remake`] makes modules of them.
    pub codewords: Vec<u8>,
    /// Whether the modules were those of the symbol with rows and columns exchanged.
    pub mirrored: bool,
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("version", &self.version)
            .field("level", &self.level)
            .field("mask", &self.mask)
            .field("corrected", &self.corrected)
            .field("mirrored", &self.mirrored)
            .finish_non_exhaustive()
    }
}

/// Why modules could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// The format information is not that of any format.
    Format,
    /// The version information tells clearly that the modules were sampled for a wrong version.
    Version,
    /// More codewords are wrong than can be corrected.
    Damaged { blocks_bad: usize, blocks: usize },
    /// The codewords are right, or have been made so, but no encoder makes such segments: a wrong reading most likely.
    Content,
}

/// The content of the symbol that has these modules, or whose mirror image has.
pub(crate) fn read(modules: &Modules) -> Result<Payload, Unread> {
    if format::is_of_another_version(modules) {
        return Err(Unread::Version);
    }
    let transposed = modules.transposed();
    let ways = [(modules, false), (&transposed, true)];
    let mut tries: Vec<(Candidate, &Modules, bool)> = ways
        .into_iter()
        .flat_map(|(modules, mirrored)| {
            let candidates = format::candidates(modules);
            candidates.map(|candidate| (candidate, modules, mirrored))
        })
        .collect();
    tries.sort_by_key(|(candidate, ..)| -candidate.score);
    let best = tries[0].0.score;
    // Mirrored, most words of the format are near to other words. Far behind the best there is nothing to be found.
    tries.retain(|(candidate, ..)| candidate.score > 0 && candidate.score * 4 >= best * 3);

    let mut unread = None;
    for (candidate, modules, mirrored) in tries {
        match read_as(modules, candidate.format, mirrored) {
            Ok(payload) => return Ok(payload),
            Err(why) => unread = unread.or(Some(why)),
        }
    }
    Err(unread.unwrap_or(Unread::Format))
}

fn read_as(modules: &Modules, format: Format, mirrored: bool) -> Result<Payload, Unread> {
    let version = modules.version();
    let blocks = Blocks::of(version, format.level);
    let corrected = correct::correct(modules, blocks, format.mask).map_err(|damage| {
        let blocks_bad = damage.blocks_bad;
        let blocks = blocks.count;
        Unread::Damaged { blocks_bad, blocks }
    })?;
    let Segments { content, is_padded } =
        segments::parse(&corrected.data, version).ok_or(Unread::Content)?;
    // Some printers fill with something else. That is believed where there was little to correct.
    let is_certain = !corrected.by_confidence && corrected.changed * 4 <= blocks.ec * blocks.count;
    let is_plausible = is_padded || is_certain;
    if content.bytes.is_empty() || !is_plausible {
        return Err(Unread::Content);
    }
    Ok(Payload {
        content,
        version,
        level: format.level,
        mask: format.mask,
        corrected: corrected.changed,
        codewords: corrected.codewords,
        mirrored,
    })
}

/// All modules of the symbol that was read as they must have been, row by row, true is dark. They lie as the sampled ones
/// did: a mirrored symbol is made mirrored again.
pub(crate) fn remake(payload: &Payload) -> Vec<bool> {
    let (version, side) = (payload.version, side(payload.version));
    let place = |x: usize, y: usize| {
        if payload.mirrored {
            x * side + y
        } else {
            y * side + x
        }
    };
    let mut modules = vec![false; side * side];
    for y in 0..side {
        for x in 0..side {
            modules[place(x, y)] = fixed(version, x, y).unwrap_or(false);
        }
    }
    let format = Format {
        level: payload.level,
        mask: payload.mask,
    };
    for bit in 0..15 {
        for (x, y) in format_places(side, bit) {
            modules[place(x, y)] = format.word() >> bit & 1 == 1;
        }
    }
    for (bit, &[x, y]) in Layout::of(version).order.iter().enumerate() {
        // The remainder bits behind the last codeword are zeros.
        let codeword = payload.codewords.get(bit / 8).unwrap_or(&0);
        let is_set = codeword >> (7 - bit % 8) & 1 == 1;
        let dark = is_set != is_masked(payload.mask, [x, y]);
        modules[place(usize::from(x), usize::from(y))] = dark;
    }
    modules
}
