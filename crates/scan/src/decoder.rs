//! What every decoder gives.

use std::fmt;

use crate::Frame;
use crate::symbol::Payload;

/// Finds the codes in a frame.
pub trait Decoder: Send {
    /// Every code in the frame, in no particular order. Bad pictures give no codes, never a panic.
    fn decode(&mut self, frame: Frame<'_>) -> Vec<Code>;
}

/// A code that was found. `Debug` hides what it says: labels carry secrets.
#[derive(Clone, PartialEq)]
pub struct Code {
    /// The code's bytes as text: UTF-8 where they are that, else ISO 8859-1, which any bytes are.
    pub text: String,
    /// The code's bytes as they were encoded.
    pub raw: Vec<u8>,
    /// The corners as `[x, y]` in pixels of the frame, in the code's own order: its top left corner first (the one
    /// between the two neighbouring finder patterns), then clockwise as the code is read.
    pub corners: [[f32; 2]; 4],
}

impl Code {
    /// A code with these bytes at these corners.
    #[must_use]
    pub fn new(raw: Vec<u8>, corners: [[f32; 2]; 4]) -> Self {
        Self {
            text: text_of(&raw),
            raw,
            corners,
        }
    }

    /// The code of a QR symbol that was read.
    pub(crate) fn of_payload(payload: &Payload, corners: [[f32; 2]; 4]) -> Self {
        Self {
            text: payload.text.clone(),
            raw: payload.bytes.clone(),
            corners,
        }
    }

    /// Whether both are the same code seen twice: same bytes at the same place. Two equal labels side by side are two codes.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let distance = |p: [f32; 2], q: [f32; 2]| (p[0] - q[0]).hypot(p[1] - q[1]);
        let size = distance(self.corners[0], self.corners[2]);
        self.raw == other.raw && distance(self.centre(), other.centre()) < size / 4.0
    }

    /// The middle of the four corners.
    pub(crate) fn centre(&self) -> [f32; 2] {
        [0, 1].map(|axis| self.corners.iter().map(|corner| corner[axis]).sum::<f32>() / 4.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code")
            .field("bytes", &self.raw.len())
            .field("corners", &self.corners)
            .finish_non_exhaustive()
    }
}

/// ISO/IEC 18004 says ISO 8859-1 where a code names no character set; nearly every printer writes UTF-8 all the same.
fn text_of(raw: &[u8]) -> String {
    match str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => raw.iter().map(|&byte| char::from(byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        let check = |raw: &[u8], expected: &str| assert_eq!(text_of(raw), expected);
        check(b"", "");
        check("Grüße 🌱".as_bytes(), "Grüße 🌱");
        check(b"Gr\xfc\xdfe", "Grüße");
        check(b"\xff\x00", "ÿ\0");
    }

    #[test]
    fn debug_hides_what_the_code_says() {
        let code = Code::new(b"sqr_secret".to_vec(), [[0.0; 2]; 4]);
        let shown = format!("{code:?}");
        assert!(!shown.contains("secret"), "{shown}");
        assert!(!shown.contains("115"), "{shown}");
    }
}
