//! A camera's pixels, unpacked.
//!
//! Layouts: Linux, "Video for Linux API", part "Image Formats". Colours: ITU-R BT.601 with limited range, which webcams
//! send whatever they claim; the preview is for the eye, and the decoder reads the luma as it comes.

use std::borrow::Cow;

use image::ImageFormat;
use nokhwa::utils::FrameFormat;

use crate::live::ColorFrame;
use crate::picture;

/// Unpacks a frame; nothing where the bytes are fewer than its size needs. Bytes after the frame are padding.
pub(super) fn unpack(
    format: FrameFormat,
    width: u32,
    height: u32,
    bytes: &[u8],
) -> Option<ColorFrame> {
    let (columns, rows) = (width as usize, height as usize);
    let pixels = columns.checked_mul(rows).filter(|&pixels| pixels > 0)?;
    let (rgba, grey) = match format {
        FrameFormat::MJPEG => return mjpeg(bytes),
        FrameFormat::YUYV => yuyv(bytes.get(..pixels / 2 * 4)?),
        FrameFormat::NV12 => nv12(columns, bytes.get(..pixels)?, bytes.get(pixels..)?)?,
        FrameFormat::GRAY => {
            let grey = bytes.get(..pixels)?;
            (
                grey.iter().flat_map(|&y| [y, y, y, 255]).collect(),
                grey.to_vec(),
            )
        }
        FrameFormat::RAWRGB => rgb(bytes.get(..pixels * 3)?, [0, 1, 2]),
        FrameFormat::RAWBGR => rgb(bytes.get(..pixels * 3)?, [2, 1, 0]),
    };
    Some(ColorFrame {
        width,
        height,
        rgba,
        grey,
    })
}

/// Four bytes for two pixels that share their colour: Y U Y V.
fn yuyv(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut rgba = Vec::with_capacity(bytes.len() * 2);
    let mut grey = Vec::with_capacity(bytes.len() / 2);
    for pair in bytes.chunks_exact(4) {
        let [first, u, second, v] = [pair[0], pair[1], pair[2], pair[3]];
        let tint = Tint::new(u, v);
        rgba.extend(tint.of(first));
        rgba.extend(tint.of(second));
        grey.extend([first, second]);
    }
    (rgba, grey)
}

/// All Y, then U and V by turns, one pair for two by two pixels.
fn nv12(columns: usize, luma: &[u8], chroma: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let chroma_stride = columns.next_multiple_of(2);
    let mut rgba = Vec::with_capacity(luma.len() * 4);
    for (y, row) in luma.chunks_exact(columns).enumerate() {
        let colours = chroma.get(y / 2 * chroma_stride..)?.get(..chroma_stride)?;
        for (two, colour) in row.chunks(2).zip(colours.chunks_exact(2)) {
            let tint = Tint::new(colour[0], colour[1]);
            two.iter().for_each(|&luma| rgba.extend(tint.of(luma)));
        }
    }
    Some((rgba, luma.to_vec()))
}

/// Three bytes a pixel, red, green and blue at these places.
fn rgb(bytes: &[u8], [r, g, b]: [usize; 3]) -> (Vec<u8>, Vec<u8>) {
    let mut rgba = Vec::with_capacity(bytes.len() / 3 * 4);
    let mut grey = Vec::with_capacity(bytes.len() / 3);
    for pixel in bytes.chunks_exact(3) {
        let [red, green, blue] = [pixel[r], pixel[g], pixel[b]];
        rgba.extend([red, green, blue, 255]);
        let luma = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
        grey.push((luma >> 8) as u8);
    }
    (rgba, grey)
}

/// A JPEG picture for each frame.
fn mjpeg(bytes: &[u8]) -> Option<ColorFrame> {
    let bytes = with_huffman_tables(bytes);
    let picture = picture::decode(&bytes, Some(ImageFormat::Jpeg)).ok()?;
    Some(ColorFrame::from(picture))
}

/// Cameras may leave out the Huffman tables, which are always the same. The decoder fills them in for frames with AVI's
/// marker ("OpenDML AVI File Format Extensions", 1996), so a frame without tables gets that marker.
fn with_huffman_tables(bytes: &[u8]) -> Cow<'_, [u8]> {
    const START: &[u8] = &[0xff, 0xd8];
    const AVI_MARKER: &[u8] = &[
        0xff, 0xe0, 0, 16, b'A', b'V', b'I', b'1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    match bytes.strip_prefix(START) {
        Some(segments) if !has_huffman_tables(segments) => {
            Cow::Owned([START, AVI_MARKER, segments].concat())
        }
        _ => Cow::Borrowed(bytes),
    }
}

/// Looks at the segments before the pixels: a marker of two bytes, a length of two that counts itself, the content.
fn has_huffman_tables(mut segments: &[u8]) -> bool {
    const HUFFMAN_TABLES: u8 = 0xc4;
    const START_OF_PIXELS: u8 = 0xda;
    while let [0xff, marker, high, low, ..] = *segments {
        match marker {
            HUFFMAN_TABLES => return true,
            START_OF_PIXELS => return false,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        match segments.get(2 + length..) {
            Some(rest) => segments = rest,
            None => return false,
        }
    }
    false
}

/// The colour that neighbouring pixels share, ready to be added to the luma of each. Fixed point, 8 bits.
struct Tint {
    red: i32,
    green: i32,
    blue: i32,
}

impl Tint {
    fn new(u: u8, v: u8) -> Self {
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        Self {
            red: 409 * v + 128,
            green: -100 * u - 208 * v + 128,
            blue: 516 * u + 128,
        }
    }

    fn of(&self, luma: u8) -> [u8; 4] {
        let luma = 298 * (i32::from(luma) - 16);
        let channel = |tint: i32| ((luma + tint) >> 8).clamp(0, 255) as u8;
        [
            channel(self.red),
            channel(self.green),
            channel(self.blue),
            255,
        ]
    }
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    const WHITE: [u8; 4] = [255, 255, 255, 255];
    const BLACK: [u8; 4] = [0, 0, 0, 255];

    #[test]
    fn pixels_come_out_of_every_layout() {
        let check = |format, (width, height), bytes: &[u8], rgba: &[[u8; 4]], grey: &[u8]| {
            let frame = unpack(format, width, height, bytes).expect("the frame is whole");
            assert_eq!(frame.rgba.as_chunks().0, rgba, "{format}");
            assert_eq!(frame.grey, grey, "{format}");
            let padded = [bytes, &[9; 7]].concat();
            assert!(
                unpack(format, width, height, &padded) == Some(frame),
                "{format}"
            );
            let cut = &bytes[..bytes.len() - 1];
            assert!(unpack(format, width, height, cut).is_none(), "{format}");
        };
        let red = [255, 0, 0, 255];
        check(
            FrameFormat::YUYV,
            (2, 1),
            &[235, 128, 16, 128],
            &[WHITE, BLACK],
            &[235, 16],
        );
        check(
            FrameFormat::YUYV,
            (2, 1),
            &[81, 90, 81, 240],
            &[red, red],
            &[81, 81],
        );
        check(
            FrameFormat::NV12,
            (2, 2),
            &[235, 16, 16, 235, 128, 128],
            &[WHITE, BLACK, BLACK, WHITE],
            &[235, 16, 16, 235],
        );
        check(
            FrameFormat::NV12,
            (3, 1),
            &[81, 81, 235, 90, 240, 128, 128],
            &[red, red, WHITE],
            &[81, 81, 235],
        );
        check(
            FrameFormat::GRAY,
            (2, 1),
            &[0, 255],
            &[BLACK, WHITE],
            &[0, 255],
        );
        check(FrameFormat::RAWRGB, (1, 1), &[255, 0, 0], &[red], &[76]);
        check(FrameFormat::RAWBGR, (1, 1), &[0, 0, 255], &[red], &[76]);
    }

    #[test]
    fn a_frame_without_size_or_of_an_absurd_one_is_broken() {
        let check = |format, width, height| {
            assert!(unpack(format, width, height, &[0; 64]).is_none());
        };
        check(FrameFormat::YUYV, 0, 4);
        check(FrameFormat::NV12, 4, 0);
        check(FrameFormat::RAWRGB, u32::MAX, u32::MAX / 4);
        check(FrameFormat::MJPEG, 8, 8);
    }

    #[test]
    fn motion_jpeg_is_read_with_and_without_its_tables() {
        let mut jpeg = Vec::new();
        GrayImage::from_fn(16, 8, |x, _| Luma([x as u8 * 16]))
            .write_to(&mut std::io::Cursor::new(&mut jpeg), ImageFormat::Jpeg)
            .expect("memory takes all");
        assert!(has_huffman_tables(&jpeg[2..]));
        let bare = without_huffman_tables(&jpeg);
        assert!(bare.len() < jpeg.len() && !has_huffman_tables(&bare[2..]));
        let whole = unpack(FrameFormat::MJPEG, 16, 8, &jpeg).expect("it is a JPEG picture");
        assert_eq!((whole.width, whole.height), (16, 8));
        let padded = [&bare[..], &[0; 100]].concat();
        let frame = unpack(FrameFormat::MJPEG, 16, 8, &padded).expect("the tables are filled in");
        assert!(frame == whole);
    }

    fn without_huffman_tables(jpeg: &[u8]) -> Vec<u8> {
        let mut kept = jpeg[..2].to_vec();
        let mut rest = &jpeg[2..];
        while rest[1] != 0xda {
            let length = 2 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
            let (segment, after) = rest.split_at(length);
            if segment[1] != 0xc4 {
                kept.extend(segment);
            }
            rest = after;
        }
        kept.extend(rest);
        kept
    }
}
