//! One line across bars, read by rxing.
//!
//! The number of bars between two quiet zones already tells what it can be, and every character has the same width. That
//! is asked before anything is decoded: textures fail it, and a reading without it would rest on a checksum of one digit.

use rxing::common::BitArray;
use rxing::oned::{Code128Reader, EAN8Reader, EAN13Reader, OneDReader, UPCEReader};
use rxing::{DecodeHints, RXingResult, RXingResultMetadataType, RXingResultMetadataValue};

use crate::contain::contain;
use crate::symbology::Symbology;

/// What a line says.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Bars {
    pub symbology: Symbology,
    pub text: String,
    /// Whether it begins with FNC1: GS1-128.
    pub gs1: bool,
    /// Whether it is read from the line's end to its beginning.
    pub backwards: bool,
}

/// A way in which bars are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    symbology: Symbology,
    modules: usize,
    /// Edges of the guard before the characters and behind them, of one in the middle, and of a character.
    guards: [usize; 3],
    character: usize,
    characters: usize,
}

/// The fewest edges of a symbol that is read: UPC-E.
pub(super) const LEAST_EDGES: usize = 34;

/// The characters of the shortest Code 128 that is read, check character and all: a shorter one proves too little.
const LEAST_CHARACTERS: usize = 5;

impl Layout {
    /// What has so many edges. Several fit some numbers.
    fn of_edges(edges: usize) -> impl Iterator<Item = Self> {
        let retail = |symbology, modules, guards, characters| Self {
            symbology,
            modules,
            guards,
            character: 4,
            characters,
        };
        let known = match edges {
            60 => Some(retail(Symbology::Ean13, 95, [3, 5, 3], 12)),
            44 => Some(retail(Symbology::Ean8, 67, [3, 5, 3], 8)),
            34 => Some(retail(Symbology::UpcE, 51, [3, 0, 6], 6)),
            _ => None,
        };
        // The stop character has a bar more than the others.
        let characters = edges.saturating_sub(8) / 6;
        let is_code_128 = characters >= LEAST_CHARACTERS && characters * 6 + 8 == edges;
        let code_128 = is_code_128.then(|| Self {
            symbology: Symbology::Code128,
            modules: characters * 11 + 13,
            guards: [0, 0, 7],
            character: 6,
            characters,
        });
        known.into_iter().chain(code_128)
    }

    /// The modules of a character.
    fn width(&self) -> f32 {
        match self.symbology {
            Symbology::Code128 => 11.0,
            _ => 7.0,
        }
    }

    /// Whether the characters have the width that they must have.
    fn is_even(&self, edges: &[f32]) -> bool {
        /// A character may differ so much from its neighbours, and from the mean: a label is seen from the side.
        const STEP: f32 = 0.15;
        const RANGE: f32 = 0.35;
        let module = (edges[edges.len() - 1] - edges[0]) / self.modules as f32;
        let mut at = self.guards[0];
        let mut last: Option<f32> = None;
        for character in 0..self.characters {
            if self.guards[1] > 0 && character == self.characters / 2 {
                at += self.guards[1];
            }
            let width = (edges[at + self.character] - edges[at]) / self.width() / module;
            let near = |to: f32, most: f32| (width / to - 1.0).abs() <= most;
            if !near(1.0, RANGE) || last.is_some_and(|last| !near(last, STEP)) {
                return false;
            }
            last = Some(width);
            at += self.character;
        }
        true
    }
}

/// Reads the bars between these edges, from either side.
pub(super) fn read(edges: &[f32]) -> Option<Bars> {
    let mut backwards = Vec::new();
    for layout in Layout::of_edges(edges.len()) {
        if let Some(bars) = read_as(layout, edges, false) {
            return Some(bars);
        }
        if backwards.is_empty() {
            backwards = edges.iter().rev().map(|edge| -edge).collect();
        }
        if let Some(bars) = read_as(layout, &backwards, true) {
            return Some(bars);
        }
    }
    None
}

/// How many modules the symbol has.
pub(super) fn modules(symbology: Symbology, edges: usize) -> usize {
    Layout::of_edges(edges)
        .find(|layout| layout.symbology == symbology.of_layout())
        .map_or(1, |layout| layout.modules)
}

impl Symbology {
    /// UPC-A has the bars of an EAN-13.
    fn of_layout(self) -> Self {
        match self {
            Self::UpcA => Self::Ean13,
            other => other,
        }
    }
}

fn read_as(layout: Layout, edges: &[f32], backwards: bool) -> Option<Bars> {
    if !layout.is_even(edges) {
        return None;
    }
    let row = row(layout, edges);
    let hints = DecodeHints {
        // Code 128 has its separators then.
        AssumeGs1: Some(true),
        ..DecodeHints::default()
    };
    // Foreign code on pixels of anybody's making.
    let result = contain(|| match layout.symbology {
        Symbology::Code128 => Code128Reader.decode_row(0, &row, &hints),
        Symbology::Ean13 => EAN13Reader.decode_row(0, &row, &hints),
        Symbology::Ean8 => EAN8Reader.decode_row(0, &row, &hints),
        _ => UPCEReader.decode_row(0, &row, &hints),
    });
    let result = result.ok()?.ok()?;
    let mut bars = Bars {
        symbology: layout.symbology,
        text: result.getText().to_owned(),
        gs1: is_gs1(&result),
        backwards,
    };
    if bars.gs1 {
        // rxing puts the symbology identifier in front of the text.
        bars.text = bars.text.strip_prefix("]C1")?.to_owned();
    }
    if bars.symbology == Symbology::Code128 && bars.text.ends_with('\u{1d}') {
        // The check character of one code in 103 is the separator's, and rxing takes it for one. One at the end of the
        // data separates nothing.
        bars.text.pop();
    }
    if bars.symbology == Symbology::Ean13 && bars.text.starts_with('0') {
        bars.symbology = Symbology::UpcA;
        bars.text.remove(0);
    }
    (!bars.text.is_empty()).then_some(bars)
}

fn is_gs1(result: &RXingResult) -> bool {
    let identifier = result
        .getRXingResultMetadata()
        .get(&RXingResultMetadataType::SYMBOLOGY_IDENTIFIER);
    matches!(identifier, Some(RXingResultMetadataValue::SymbologyIdentifier(id)) if id == "]C1")
}

/// The bars drawn with so many pixels for a module, and a quiet zone on both sides.
fn row(layout: Layout, edges: &[f32]) -> BitArray {
    const MODULE: f32 = 8.0;
    const QUIET: usize = 96;
    let first = edges[0];
    let scale = MODULE * layout.modules as f32 / (edges[edges.len() - 1] - first);
    let at = |edge: f32| QUIET + ((edge - first) * scale).round() as usize;
    let mut row = BitArray::with_size(2 * QUIET + layout.modules * MODULE as usize + 1);
    for bar in edges.chunks_exact(2) {
        // Its setRange() overflows where it fills a whole word.
        (at(bar[0])..at(bar[1])).for_each(|bit| row.set(bit));
    }
    row
}
