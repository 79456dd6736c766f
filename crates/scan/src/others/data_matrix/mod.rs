//! Data Matrix codes (ECC 200).

mod content;

use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::datamatrix::decoder::Decoder;
use rxing::datamatrix::detector::zxing_cpp_detector::detect;

use super::modules::{Ink, add_found, agreement, corners};
use crate::Code;
use crate::plane::Plane;
use crate::symbology::Symbology;

/// What part of the rim's modules must be right.
const LEAST: f32 = 0.9;

/// Adds the Data Matrix codes of a plane, with corners `scale` times as far from the origin.
pub(crate) fn data_matrix(plane: &Plane, ink: Ink, scale: f32, codes: &mut Vec<Code>) {
    add_found(plane, ink, codes, |image| find(image, scale));
}

fn find(image: &BitMatrix, scale: f32) -> Vec<Code> {
    let decoder = Decoder::new();
    let symbols = detect(image, true, true).unwrap_or_default();
    let read = |bits: &BitMatrix, points: &[rxing::Point]| {
        if agreement(bits, rim(bits.getWidth(), bits.getHeight())) < LEAST {
            return None;
        }
        let decoded = decoder.decode(bits).ok()?;
        let parsed = content::parse(decoded.getRawBytes())?;
        // Without a stated character set rxing gives each byte as the character of the same number. Where two readers of the
        // same codewords differ one of them is wrong: no text is better than a wrong one.
        let is_same = decoded.getText().chars().map(u32::from).eq(parsed
            .content
            .bytes
            .iter()
            .copied()
            .map(u32::from));
        let corners = corners(points, scale)?;
        (is_same || parsed.is_special)
            .then(|| Code::of_content(Symbology::DataMatrix, parsed.content, corners))
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
