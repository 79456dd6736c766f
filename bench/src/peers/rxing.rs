//! rxing, in the two ways that its helpers offer. Both stop at the first code of a picture.

use std::collections::HashSet;

use handover_scan::Picture;
use rxing::common::HybridBinarizer;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, FilteredImageReader, Luma8Source, MultiFormatReader,
    RXingResult, RXingResultMetadataType, RXingResultMetadataValue, Reader,
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
        let reading = |result| reading(result, picture.width);
        result.iter().map(reading).collect()
    })
}

fn reading(result: &RXingResult, width: u32) -> Reading {
    // Its points are those of the size at which it read the code.
    let read_at = result
        .getRXingResultMetadata()
        .get(&RXingResultMetadataType::FILTERED_RESOLUTION);
    let factor = match read_at {
        Some(RXingResultMetadataValue::FilteredResolution((read_width, _))) => {
            width as f32 / *read_width as f32
        }
        _ => 1.0,
    };
    let points = result.getPoints().iter();
    let points: Vec<_> = points
        .map(|point| [point.x * factor, point.y * factor])
        .collect();
    Reading {
        text: result.getText().to_owned(),
        centre: middle_of_longest(&points),
    }
}

/// The middle between the two points that are farthest from each other: they lie across the code, whether the points
/// are its corners or its finder patterns, and in whatever order.
fn middle_of_longest(points: &[[f32; 2]]) -> [f32; 2] {
    let pairs = points
        .iter()
        .flat_map(|a| points.iter().map(move |b| [*a, *b]));
    let length = |[a, b]: &[[f32; 2]; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let longest = pairs.max_by(|a, b| length(a).total_cmp(&length(b)));
    middle(longest.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_does_not_depend_on_the_order() {
        let check = |points: &[[f32; 2]]| assert_eq!(middle_of_longest(points), [5.0, 5.0]);
        check(&[[0.0, 10.0], [0.0, 0.0], [10.0, 0.0]]);
        check(&[[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [8.0, 8.0]]);
        assert_eq!(middle_of_longest(&[]), [0.0, 0.0]);
    }
}
