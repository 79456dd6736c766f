//! The frame as it is shown.

use std::fmt;

use image::RgbaImage;
use image::imageops::thumbnail;

/// The longer side of a preview has at most so many pixels. A frame crosses to the web view 30 times a second: 960 x
/// 540 pixels are 2 MB each, and fill a phone's width twice over.
pub const MAX_PREVIEW_SIDE: u32 = 960;

/// A frame to show.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    /// Counts the frames of one live camera, from 1.
    pub sequence: u64,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel, row by row without padding.
    pub rgba: Vec<u8>,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview")
            .field("sequence", &self.sequence)
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

/// Shrinks a frame to what is shown; `rgba` has four bytes for each of `width` times `height` pixels, both at least 1.
pub(super) fn preview(rgba: Vec<u8>, width: u32, height: u32) -> Preview {
    let (shown_width, shown_height) = shown_size(width, height);
    let rgba = if (shown_width, shown_height) == (width, height) {
        rgba
    } else {
        let frame = RgbaImage::from_raw(width, height, rgba)
            .expect("the capturing thread refuses frames of other sizes");
        thumbnail(&frame, shown_width, shown_height).into_raw()
    };
    Preview {
        sequence: 0,
        width: shown_width,
        height: shown_height,
        rgba,
    }
}

fn shown_size(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= MAX_PREVIEW_SIDE {
        return (width, height);
    }
    let shrink = |side: u32| {
        let exact = u64::from(side) * u64::from(MAX_PREVIEW_SIDE) / u64::from(longer);
        u32::try_from(exact)
            .expect("shrinking makes no side longer")
            .max(1)
    };
    (shrink(width), shrink(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_is_bounded_and_the_shape_kept() {
        let check = |(width, height), expected| {
            assert_eq!(shown_size(width, height), expected, "{width} x {height}");
        };
        check((1, 1), (1, 1));
        check((960, 960), (960, 960));
        check((640, 480), (640, 480));
        check((1280, 720), (960, 540));
        check((720, 1280), (540, 960));
        check((100_000, 10), (960, 1));
        check((u32::MAX, u32::MAX), (960, 960));
    }

    #[test]
    fn pixels_are_averaged() {
        let black_and_white_columns = [[0, 0, 0, 255], [254, 254, 254, 255]].concat().repeat(1920);
        let shown = preview(black_and_white_columns, 1920, 2);
        assert_eq!((shown.width, shown.height), (960, 1));
        assert_eq!(shown.rgba, [127, 127, 127, 255].repeat(960));
    }
}
