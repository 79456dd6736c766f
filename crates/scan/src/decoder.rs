//! What every decoder gives.

use std::fmt;

use crate::places::{distance, middle};
use crate::symbol::Payload;
use crate::symbology::Symbology;
use crate::text::{Coding, Content, Fidelity, Part, Parts};
use crate::{Candidate, Frame, Hint};

/// Finds the codes in a frame.
pub trait Decoder: Send {
    /// Every code in the frame, in no particular order. Bad pictures give no codes, never a panic.
    fn decode(&mut self, frame: Frame<'_>) -> Vec<Code>;

    /// What looked like codes in the frame that was decoded last, and was not read. Decoders of single pictures tell none.
    fn candidates(&self) -> &[Candidate] {
        &[]
    }

    /// What would help as to that frame as a whole, where it shows neither codes nor candidates.
    fn hint(&self) -> Option<Hint> {
        None
    }
}

/// A code that was found. `Debug` hides what it says: labels carry secrets.
#[derive(Clone, PartialEq)]
pub struct Code {
    /// What kind of symbol it is.
    pub symbology: Symbology,
    /// Whether it holds GS1 element strings: FNC1 in first position. Their separator is the byte 0x1D, in `text` and `raw`.
    pub gs1: bool,
    /// The code's bytes as text: by the character sets that the code states; else UTF-8 where they are that, Shift-JIS where
    /// they look like that, and Windows-1252, which is ISO 8859-1 with more printable characters. A byte order mark stays.
    pub text: String,
    /// How sure the text is.
    pub fidelity: Fidelity,
    /// The code's bytes as they were encoded; of bars the characters in ISO 8859-1.
    pub raw: Vec<u8>,
    /// The code's place in a message of several codes, of which `text` is a part that means nothing alone.
    pub part: Option<Part>,
    /// The corners as `[x, y]` in pixels of the frame, in the code's own order: its top left corner first (the one
    /// between the two neighbouring finder patterns), then clockwise as the code is read. Of bars the corners of the part
    /// that was read.
    pub corners: [[f32; 2]; 4],
    /// The same as `raw`, with how each byte is to be read.
    content: Content,
}

impl Code {
    /// A QR code with these bytes, of which it states no character set, at these corners.
    #[must_use]
    pub fn new(raw: Vec<u8>, corners: [[f32; 2]; 4]) -> Self {
        let content = Content::new(raw, Coding::Unstated);
        Self::of_content(Symbology::Qr, content, corners)
    }

    /// The code of a symbol that was read.
    pub(crate) fn of_content(
        symbology: Symbology,
        content: Content,
        corners: [[f32; 2]; 4],
    ) -> Self {
        let (text, fidelity) = content.text();
        Self {
            symbology,
            gs1: content.gs1,
            text,
            fidelity,
            raw: content.bytes.clone(),
            part: content.part,
            corners,
            content,
        }
    }

    /// The code of a QR symbol that was read.
    pub(crate) fn of_payload(payload: Payload, corners: [[f32; 2]; 4]) -> Self {
        Self::of_content(Symbology::Qr, payload.content, corners)
    }

    /// The code of the whole message, if this is the last of its parts to be seen.
    fn whole(&self, parts: &mut Parts) -> Option<Self> {
        let content = parts.add(self.part?, &self.content)?;
        Some(Self::of_content(self.symbology, content, self.corners))
    }

    /// The symbology identifier (ISO/IEC 15424) that a hand-held scanner would send before the text, as `]C1`.
    #[must_use]
    pub fn identifier(&self) -> &'static str {
        self.symbology.identifier(self.gs1)
    }

    /// The middle of the four corners.
    pub(crate) fn centre(&self) -> [f32; 2] {
        middle(&self.corners)
    }

    /// Adds the code to others, unless it is one of them seen twice: same bytes at the same place. Two equal labels side by
    /// side are two codes. Tells whether it was new.
    pub(crate) fn add_to(self, codes: &mut Vec<Self>) -> bool {
        let near = distance(self.corners[0], self.corners[2]) / 4.0;
        let is_new = !codes
            .iter()
            .any(|known| known.raw == self.raw && distance(known.centre(), self.centre()) < near);
        if is_new {
            codes.push(self);
        }
        is_new
    }
}

/// The messages whose last missing parts are among these codes, each once.
pub(crate) fn wholes(codes: &[Code], parts: &mut Parts) -> Vec<Code> {
    let mut wholes: Vec<Code> = Vec::new();
    for whole in codes.iter().filter_map(|code| code.whole(parts)) {
        if wholes.iter().all(|known| known.raw != whole.raw) {
            wholes.push(whole);
        }
    }
    wholes
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code")
            .field("symbology", &self.symbology)
            .field("bytes", &self.raw.len())
            .field("corners", &self.corners)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        let check = |raw: &[u8], expected: &str| {
            assert_eq!(Code::new(raw.to_vec(), [[0.0; 2]; 4]).text, expected);
        };
        check(b"", "");
        check("Grüße 🌱".as_bytes(), "Grüße 🌱");
        check(b"Gr\xfc\xdfe", "Grüße");
        check(b"\xff\x00", "ÿ\0");
        check(b"\x83\x82\x83o\x83C\x83\x8b", "モバイル");
    }

    #[test]
    fn debug_hides_what_the_code_says() {
        let code = Code::new(b"sqr_secret".to_vec(), [[0.0; 2]; 4]);
        let shown = format!("{code:?}");
        assert!(!shown.contains("secret"), "{shown}");
        assert!(!shown.contains("115"), "{shown}");
    }
}
