//! Data Matrix codes (ECC 200).

use std::ops::RangeInclusive;

use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::datamatrix::decoder::Decoder;
use rxing::datamatrix::detector::zxing_cpp_detector::detect;

use super::modules::{add_found, agreement, corners};
use crate::Code;
use crate::plane::Plane;
use crate::symbology::Symbology;

/// What part of the rim's modules must be right.
const LEAST: f32 = 0.9;

/// The symbology's modifiers of symbols that state character sets (ECI): ISO/IEC 16022, annex N.
const STATES_SETS: RangeInclusive<u32> = 4..=6;

/// Adds the Data Matrix codes of a plane, with corners `scale` times as far from the origin.
pub(crate) fn data_matrix(plane: &Plane, scale: f32, codes: &mut Vec<Code>) {
    add_found(plane, codes, |image| find(image, scale));
}

fn find(image: &BitMatrix, scale: f32) -> Vec<Code> {
    let decoder = Decoder::new();
    let symbols = detect(image, true, true).unwrap_or_default();
    let read = |bits: &BitMatrix, points: &[rxing::Point]| {
        if agreement(bits, rim(bits.getWidth(), bits.getHeight())) < LEAST {
            return None;
        }
        let decoded = decoder.decode(bits).ok()?;
        // The text of a symbol that states its character sets comes doubled or garbled: no text is better than a wrong one.
        if STATES_SETS.contains(&decoded.getSymbologyModifier()) {
            return None;
        }
        let text = decoded.getText();
        // Without a stated character set rxing gives each byte as the character of the same number.
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        let raw = bytes.unwrap_or_else(|| text.as_bytes().to_vec());
        // FNC1 in first position: ISO/IEC 16022, annex N.
        let gs1 = decoded.getSymbologyModifier() == 2;
        let corners = corners(points, scale)?;
        (!raw.is_empty()).then(|| Code::of_symbol(Symbology::DataMatrix, gs1, raw, corners))
    };
    symbols
        .iter()
        .filter_map(|symbol| read(symbol.getBits(), symbol.getPoints()))
        .collect()
}

/// The left column and the lowest row are dark; the highest row and the right column alternate.
fn rim(width: u32, height: u32) -> impl Iterator<Item = (u32, u32, bool)> {
    let columns = (0..width).flat_map(move |x| [(x, height - 1, true), (x, 0, x % 2 == 0)]);
    let rows = (1..height - 1).flat_map(move |y| {
        [
            (0, y, true),
            (width - 1, y, (height - 1 - y).is_multiple_of(2)),
        ]
    });
    columns.chain(rows)
}
