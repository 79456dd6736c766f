//! What whoever gave a picture should know of it, though it could be read.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, ImageFormat};
use serde::Serialize;

use crate::contain::contain;

/// Why a picture may show less than its file was meant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The file ends too early: what was there of it was read.
    CutOff,
    /// It is an animation, of which the first frame was read.
    FirstOfMany,
    /// It is a TIFF of several pages, of which the first was read.
    FirstPage,
}

impl Note {
    /// What it means, as a sentence with a next step.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::CutOff => "The file is cut off and only the rest was read; copy it again.",
            Self::FirstOfMany => {
                "It is an animation and only its first frame was read; `--camera film:PATH` plays a GIF."
            }
            Self::FirstPage => {
                "It has several pages and only the first was read; save the others as pictures of their own."
            }
        }
    }

    /// Looks at the bytes of a picture that could be read.
    pub(crate) fn of(bytes: &[u8], format: ImageFormat) -> Option<Self> {
        match format {
            ImageFormat::Jpeg => is_cut_off(bytes).then_some(Self::CutOff),
            ImageFormat::Gif | ImageFormat::Png | ImageFormat::WebP => {
                let moves = contain(|| moves(bytes, format)).ok().flatten();
                moves.unwrap_or(false).then_some(Self::FirstOfMany)
            }
            ImageFormat::Tiff => has_pages(bytes).unwrap_or(false).then_some(Self::FirstPage),
            _ => None,
        }
    }
}

/// Whether a TIFF has another directory, which is a page, after its first one (TIFF 6.0, section 2; of BigTIFF the numbers are
/// wider).
fn has_pages(bytes: &[u8]) -> Option<bool> {
    const BIG: u64 = 43;
    let is_little = bytes.starts_with(b"II");
    let number = |at: u64, width: usize| -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let part = bytes.get(at..at.checked_add(width)?)?;
        let add = |sum: u64, &byte: &u8| sum << 8 | u64::from(byte);
        Some(if is_little {
            part.iter().rev().fold(0, add)
        } else {
            part.iter().fold(0, add)
        })
    };
    let is_big = number(2, 2)? == BIG;
    let (place, offset, count, entry) = if is_big { (8, 8, 8, 20) } else { (4, 4, 2, 12) };
    let first = number(place, offset)?;
    let entries = number(first, count)?.checked_mul(entry)?;
    let next = first.checked_add(count as u64)?.checked_add(entries)?;
    Some(number(next, offset)? != 0)
}

/// Whether a JPEG has no end (ITU-T T.81, annex B): decoders give grey for what is missing.
fn is_cut_off(bytes: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xda;
    let mut at = 2;
    // The segments before the pixels have lengths; a picture within one of them, for previews, has an end of its own.
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == START_OF_SCAN {
            // Among the pixels 0xff is followed by 0.
            let rest = bytes.get(at..).unwrap_or_default();
            return !rest.windows(2).any(|pair| pair == [0xff, 0xd9]);
        }
    }
    true
}

fn moves(bytes: &[u8], format: ImageFormat) -> Option<bool> {
    let cursor = Cursor::new(bytes);
    match format {
        ImageFormat::Gif => {
            let decoder = GifDecoder::new(cursor).ok()?;
            Some(decoder.into_frames().nth(1).is_some())
        }
        ImageFormat::Png => PngDecoder::new(cursor).ok()?.is_apng().ok(),
        _ => Some(WebPDecoder::new(cursor).ok()?.has_animation()),
    }
}
