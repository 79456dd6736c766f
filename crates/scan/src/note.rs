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
            _ => None,
        }
    }
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
