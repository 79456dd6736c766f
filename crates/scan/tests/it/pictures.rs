use std::io::Cursor;
use std::path::Path;

use handover_scan::{
    Decoder, MAX_FILE_BYTES, Note, Picture, PictureError, Scanner, load_picture, read, read_picture,
};
use image::{DynamicImage, GrayImage, ImageEncoder, ImageFormat, Luma, Rgba, RgbaImage, imageops};

use crate::drawing::code;

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, format)
        .expect("memory takes all");
    bytes.into_inner()
}

fn png(picture: GrayImage) -> Vec<u8> {
    encode(&picture.into(), ImageFormat::Png)
}

fn texts(picture: &Picture) -> Vec<String> {
    let codes = Scanner::default().decode(picture.frame());
    codes.into_iter().map(|code| code.text).collect()
}

#[test]
fn every_format_that_image_can_write_is_read() {
    let label = DynamicImage::ImageLuma8(code("every format", 4));
    let check = |format: ImageFormat, picture: DynamicImage| {
        let bytes = encode(&picture, format);
        let read = if format == ImageFormat::Tga {
            // TGA has no signature; the name tells.
            let folder = tempfile::tempdir().expect("a folder can be made");
            let path = folder.path().join("label.tga");
            std::fs::write(&path, bytes).expect("it is writable");
            load_picture(&path)
        } else {
            read_picture(&bytes)
        };
        let read = read.unwrap_or_else(|error| panic!("{format:?}: {error}"));
        assert_eq!(texts(&read), ["every format"], "{format:?}");
    };
    let rgb = || DynamicImage::ImageRgb8(label.to_rgb8());
    check(ImageFormat::Png, label.clone());
    check(ImageFormat::Jpeg, label.clone());
    check(ImageFormat::Bmp, rgb());
    check(ImageFormat::Gif, rgb());
    check(ImageFormat::Ico, DynamicImage::ImageRgba8(label.to_rgba8()));
    check(ImageFormat::Pnm, label.clone());
    check(ImageFormat::Qoi, rgb());
    check(ImageFormat::Tga, rgb());
    check(ImageFormat::Tiff, label.clone());
    check(ImageFormat::WebP, rgb());
    check(
        ImageFormat::Farbfeld,
        DynamicImage::ImageRgba16(label.to_rgba16()),
    );
    check(
        ImageFormat::Hdr,
        DynamicImage::ImageRgb32F(label.to_rgb32f()),
    );
    check(
        ImageFormat::OpenExr,
        DynamicImage::ImageRgb32F(label.to_rgb32f()),
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("label.png");
    let check = |bytes: &[u8], expected: &str| {
        std::fs::write(&path, bytes).expect("it is writable");
        let code = |result: Result<Picture, PictureError>| {
            result.map_or_else(|error| error.code(), |_| "read")
        };
        assert_eq!(code(load_picture(&path)), expected);
        assert_eq!(code(read_picture(bytes)), expected);
    };
    let whole = png(code("a", 4));
    check(&whole, "read");
    check(b"", "empty_picture");
    check(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "unknown_picture");
    check(b"\0", "unknown_picture");
    check(b"\0\0\0\x1cftypavif", "unknown_picture");
    check(&whole[..whole.len() / 2], "broken_picture");
    check(&whole[..30], "broken_picture");
    check(&whole[..8], "broken_picture");
    check(&huge_png(30_000, 30_000), "picture_too_large");
    check(&huge_png(10_001, 10_000), "picture_too_large");
    check(&huge_png(u32::MAX >> 1, 1), "picture_too_large");
    check(b"P5 30000 30000 255\n", "picture_too_large");
    // A size that is allowed, and no pixels behind it.
    check(&huge_png(10_000, 10_000), "broken_picture");
}

/// The header of a PNG of this size, and nothing else.
fn huge_png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    let checksum = crc32(&header);
    let pixels = b"\0\0\0\0IDAT\x35\xaf\x06\x1e";
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(header);
    bytes.extend(checksum.to_be_bytes());
    bytes.extend(pixels);
    bytes
}

/// The checksum of PNG's chunks: CRC-32 of ISO 3309, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[test]
fn a_file_that_is_not_there_is_unreadable() {
    let check = |path: &Path| {
        let error = load_picture(path).expect_err("there is no file");
        assert_eq!(error.code(), "unreadable_file");
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    check(&folder.path().join("missing.png"));
    check(folder.path());
}

#[test]
fn a_file_that_is_too_large_is_refused_however_small_its_picture() {
    let mut bytes = png(GrayImage::new(1, 1));
    bytes.resize(usize::try_from(MAX_FILE_BYTES).expect("it fits") + 1, 0);
    let error = read_picture(&bytes).expect_err("it is too large");
    assert_eq!(error.code(), "picture_too_large");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("large.png");
    std::fs::write(&path, bytes).expect("it is writable");
    let error = load_picture(&path).expect_err("it is too large");
    assert_eq!(error.code(), "picture_too_large");
}

#[test]
fn the_smallest_picture_holds_no_code() {
    let picture = read_picture(&png(GrayImage::from_pixel(1, 1, Luma([7])))).expect("it is whole");
    assert_eq!((picture.width, picture.height), (1, 1));
    assert_eq!(picture.grey, [7]);
    assert!(texts(&picture).is_empty());
}

#[test]
fn a_transparent_picture_lies_on_white_paper() {
    let rgba = |grey: u8, alpha: u8| Rgba([grey, grey, grey, alpha]);
    let pixels = [rgba(0, 0), rgba(0, 255), rgba(255, 255), rgba(0, 128)];
    let picture = RgbaImage::from_fn(4, 1, |x, _| pixels[x as usize]);
    let read = read_picture(&encode(&picture.into(), ImageFormat::Png)).expect("it is whole");
    assert_eq!(read.grey, [255, 0, 255, 127]);
    // A label with no background at all.
    let label = code("transparent", 4);
    let bare = RgbaImage::from_fn(label.width(), label.height(), |x, y| {
        rgba(0, 255 - label.get_pixel(x, y).0[0])
    });
    let read = read_picture(&encode(&bare.into(), ImageFormat::Png)).expect("it is whole");
    assert_eq!(texts(&read), ["transparent"]);
}

#[test]
fn a_light_code_without_a_background_lies_on_black_paper() {
    for grey in [255, 200] {
        let label = code("white ink", 4);
        let ink = |pixel: u8| Rgba([grey, grey, grey, 255 - pixel]);
        let bare = RgbaImage::from_fn(label.width(), label.height(), |x, y| {
            ink(label.get_pixel(x, y).0[0])
        });
        let read = read_picture(&encode(&bare.into(), ImageFormat::Png)).expect("it is whole");
        assert_eq!(texts(&read), ["white ink"], "{grey}");
    }
}

#[test]
fn what_is_too_large_is_told_in_pixels() {
    // 16 bits for each of four colours: 8 bytes a pixel, of 512 MiB in all.
    let mut deep = huge_png(9_000, 9_000);
    deep[24..26].copy_from_slice(&[16, 6]);
    let checksum = crc32(&deep[12..29]);
    deep[29..33].copy_from_slice(&checksum.to_be_bytes());
    let check = |bytes: &[u8], size: &str| {
        let error = read_picture(bytes).expect_err("it is too large");
        let message = error.to_string();
        assert_eq!(error.code(), "picture_too_large");
        assert!(
            message.contains(size) && !message.contains("MiB"),
            "{message}"
        );
    };
    check(&deep, "9000 x 9000 pixels");
    check(&huge_png(30_000, 30_000), "30000 x 30000 pixels");
    check(&huge_png(u32::MAX >> 1, 1 << 20), "pixels");
    check(&huge_png(u32::MAX >> 1, u32::MAX >> 1), "pixels");
}

/// The same little-endian TIFF with its page twice: a copy of its directory at the end, to which the first one points.
fn with_second_page(tiff: &[u8]) -> Vec<u8> {
    let number = |at: usize, bytes: usize| {
        let bytes = tiff[at..at + bytes].iter().rev();
        bytes.fold(0, |sum, &byte| sum << 8 | usize::from(byte))
    };
    let first = number(4, 4);
    let next = first + 2 + 12 * number(first, 2);
    let mut pages = tiff.to_vec();
    // Directories begin at even places.
    pages.resize(tiff.len().next_multiple_of(2), 0);
    let second = u32::try_from(pages.len()).expect("it is small");
    pages.extend_from_slice(&tiff[first..next + 4]);
    pages[next..next + 4].copy_from_slice(&second.to_le_bytes());
    pages
}

#[test]
fn a_tiff_of_several_pages_is_told() {
    let page = encode(&code("page", 4).into(), ImageFormat::Tiff);
    for (tiff, note) in [
        (with_second_page(&page), Some(Note::FirstPage)),
        (page, None),
    ] {
        let loaded = read(&tiff[..]).expect("it is whole");
        assert_eq!(texts(&loaded.picture), ["page"]);
        assert_eq!(loaded.note, note);
    }
}

/// EXIF with the one entry "orientation" (tag 0x0112), as in CIPA DC-008, section 4.6.4.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif
}

#[test]
fn the_orientation_that_the_camera_noted_is_honoured() {
    // How each picture has to be stored, so that this one is shown.
    let shown = GrayImage::from_raw(2, 3, vec![0, 40, 80, 120, 160, 200]).expect("the size fits");
    let stored = [
        (1, shown.clone()),
        (2, imageops::flip_horizontal(&shown)),
        (3, imageops::rotate180(&shown)),
        (4, imageops::flip_vertical(&shown)),
        (5, imageops::flip_horizontal(&imageops::rotate90(&shown))),
        (6, imageops::rotate270(&shown)),
        (7, imageops::flip_horizontal(&imageops::rotate270(&shown))),
        (8, imageops::rotate90(&shown)),
    ];
    for (orientation, stored) in stored {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        encoder
            .set_exif_metadata(exif(orientation))
            .expect("PNG has room for EXIF");
        encoder
            .write_image(
                &stored,
                stored.width(),
                stored.height(),
                image::ExtendedColorType::L8,
            )
            .expect("memory takes all");
        let read = read_picture(&bytes).expect("it is whole");
        assert_eq!(
            (read.width, read.height),
            (2, 3),
            "orientation {orientation}"
        );
        assert_eq!(&read.grey, shown.as_raw(), "orientation {orientation}");
    }
}
