//! rxing, in the two ways that its helpers offer. Both stop at the first code of a picture.

use std::collections::HashSet;

use handover_scan::Picture;
use rxing::common::HybridBinarizer;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, FilteredImageReader, Luma8Source, MultiFormatReader,
    RXingResult, Reader,
};

use super::{InProcess, Peer, Reading, middle};

/// With TryHarder and AlsoInverted.
pub fn plain() -> impl Peer {
    with(MultiFormatReader::default)
}

/// The same behind its filters: smaller sizes, and morphological closing.
pub fn filtered() -> impl Peer {
    with(|| FilteredImageReader::new(MultiFormatReader::default()))
}

fn with<R: Reader>(reader: impl Fn() -> R) -> impl Peer {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    InProcess(move |picture: &Picture| {
        let source = Luma8Source::new_with_slice(&picture.grey, picture.width, picture.height);
        let Ok(source) = source else {
            return Vec::new();
        };
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let result = reader().decode_with_hints(&mut bitmap, &hints);
        result.iter().map(reading).collect()
    })
}

fn reading(result: &RXingResult) -> Reading {
    // The first and the third point lie across the code from each other, whether they are three finder patterns and
    // perhaps an alignment pattern or four corners.
    let points = result.getPoints().iter().take(3).step_by(2);
    Reading {
        text: result.getText().to_owned(),
        centre: middle(points.map(|point| [point.x, point.y])),
    }
}
