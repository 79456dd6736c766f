//! Squares of modules: whole codes, damaged ones, and parts of codes.

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, QrSegmentMode, Version};

use crate::Random;

/// How much of a code may be damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 7 %.
    L,
    /// 30 %.
    H,
}

/// A square of modules, row by row; true is dark.
#[derive(Debug, Clone)]
pub struct Symbol {
    side: usize,
    modules: Vec<bool>,
    /// Which of them hold data, as far as masks tell: most of them.
    data: Vec<bool>,
}

impl Symbol {
    /// A finder pattern.
    #[must_use]
    pub fn finder() -> Self {
        Self::rings(7, |ring| ring != 1)
    }

    /// An alignment pattern.
    #[must_use]
    pub fn alignment() -> Self {
        Self::rings(5, |ring| ring != 1)
    }

    /// Squares around each other, dark and light in turns, `side` modules.
    #[must_use]
    pub fn target(side: usize) -> Self {
        Self::rings(side, |ring| ring % 2 == 0)
    }

    fn rings(side: usize, dark: impl Fn(usize) -> bool) -> Self {
        let away = |at: usize| at.min(side - 1 - at);
        let ring = |index: usize| away(index % side).min(away(index / side));
        let modules = (0..side * side).map(|index| dark(ring(index))).collect();
        let data = vec![false; side * side];
        Self {
            side,
            modules,
            data,
        }
    }

    /// A code that says this, of the smallest version that holds it.
    ///
    /// # Panics
    ///
    /// If no version holds it: more than 1200 bytes.
    #[must_use]
    pub fn label(text: &str) -> Self {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("the text is short");
        let modules = modules(&code);
        Self {
            side: code.size() as usize,
            data: vec![false; modules.len()],
            modules,
        }
    }

    /// A code of this version, 1 to 40, that holds letters.
    #[must_use]
    pub fn code(version: u8, level: Level) -> Self {
        let version = Version::new(version.clamp(1, 40));
        let level = match level {
            Level::L => QrCodeEcc::Low,
            Level::H => QrCodeEcc::High,
        };
        let masked = |mask: u8| {
            let segments = [QrSegment::make_bytes(b"HOSTILE")];
            let mask = Some(Mask::new(mask));
            QrCode::encode_segments_advanced(&segments, level, version, version, mask, false)
                .expect("every version holds seven bytes")
        };
        let code = masked(0);
        let side = code.size() as usize;
        let first = modules(&code);
        let others = [1, 2, 3].map(|mask| modules(&masked(mask)));
        // Masks change the data and the format information; the latter is beside the finder patterns.
        let is_data = |index: usize| {
            let (x, y) = (index % side, index / side);
            let at_finder = (x < 9 && (y < 9 || y + 9 > side)) || (x + 9 > side && y < 9);
            !at_finder && others.iter().any(|other| other[index] != first[index])
        };
        Self {
            side,
            data: (0..side * side).map(is_data).collect(),
            modules: first,
        }
    }

    /// A code of this version, 1 to 40, in error correction level L, whose segments are what the bytes say: the kind of each, how many characters
    /// it claims to hold, and six bytes that it holds. None where they do not fit.
    #[must_use]
    pub fn of_segments(version: u8, bytes: &[u8]) -> Option<Self> {
        use QrSegmentMode::{Alphanumeric, Byte, Eci, Kanji, Numeric};
        let modes = [Numeric, Alphanumeric, Byte, Kanji, Eci];
        let segment = |bytes: &[u8]| {
            let [kind, characters, content @ ..] = bytes else {
                return QrSegment::make_bytes(bytes);
            };
            let bit = |index: usize| content[index / 8] >> (7 - index % 8) & 1 == 1;
            let bits = (0..8 * content.len()).map(bit).collect();
            let mode = modes[usize::from(kind % 5)];
            let characters = if mode == Eci {
                0
            } else {
                usize::from(*characters)
            };
            QrSegment::new(mode, characters, bits)
        };
        let segments: Vec<_> = bytes.chunks(8).map(segment).collect();
        let version = Version::new(version.clamp(1, 40));
        let (level, mask) = (QrCodeEcc::Low, Some(Mask::new(0)));
        let code =
            QrCode::encode_segments_advanced(&segments, level, version, version, mask, false);
        let code = code.ok()?;
        let modules = modules(&code);
        Some(Self {
            side: code.size() as usize,
            data: vec![false; modules.len()],
            modules,
        })
    }

    /// The same with so many of 256 data modules turned over.
    #[must_use]
    pub fn damaged(mut self, of_256: u8, random: &mut Random) -> Self {
        for (module, _) in self
            .modules
            .iter_mut()
            .zip(&self.data)
            .filter(|(_, is_data)| **is_data)
        {
            *module ^= random.next(256) < u32::from(of_256);
        }
        self
    }

    /// How many modules a row has.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether a module is dark; none outside.
    #[must_use]
    pub fn at(&self, x: i64, y: i64) -> Option<bool> {
        let inside = |at: i64| usize::try_from(at).ok().filter(|&at| at < self.side);
        Some(self.modules[inside(y)? * self.side + inside(x)?])
    }
}

fn modules(code: &QrCode) -> Vec<bool> {
    let side = code.size();
    (0..side * side)
        .map(|index| code.get_module(index % side, index / side))
        .collect()
}
