//! The QR code of a text, as vector and as pixels.

use std::fmt::Write as _;
use std::io::Cursor;

use fast_qr::{ECL, QRBuilder, QRCode};
use image::{GrayImage, ImageFormat, Luma};

use crate::caption::Caption;

/// Light modules around the code, as ISO/IEC 18004 asks for.
pub const QUIET_ZONE: usize = 4;
/// The longest side of a picture in pixels: 40 centimetres in print at 600 dots per inch.
pub const MAX_PICTURE_PX: u32 = 10_000;

const DARK: Luma<u8> = Luma([0]);
const LIGHT: Luma<u8> = Luma([255]);

/// Why a text was not printed. The text itself is not in it: it may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// There is nothing to print.
    #[error("there is no text to print")]
    Empty,
    /// The text is longer than the largest QR code holds (2331 bytes with error correction level M).
    #[error("a text of {bytes} bytes does not fit into a QR code")]
    TooLong {
        /// The text's length.
        bytes: usize,
    },
    /// The picture would have no pixels, or more than [`MAX_PICTURE_PX`] on a side.
    #[error(
        "a module of {module_px} pixels does not give a picture of 1 to {MAX_PICTURE_PX} pixels"
    )]
    Size {
        /// The size asked for.
        module_px: u32,
    },
    /// The picture could not be encoded.
    #[error("the picture could not be encoded")]
    Encoding(#[source] image::ImageError),
}

/// Prints a text as an SVG: scalable, without scripts, styles or the text itself; one unit is one module.
///
/// # Errors
/// Where the text is empty or too long.
pub fn qr_svg(text: &str) -> Result<String, PrintError> {
    captioned_svg(text, "")
}

/// The same with a word below it, for people who type what they cannot scan.
///
/// # Errors
/// Where the text is empty or too long.
pub fn captioned_svg(text: &str, word: &str) -> Result<String, PrintError> {
    let code = encode(text)?;
    let caption = Caption::new(word);
    let side = code.size + 2 * QUIET_ZONE;
    let words = (caption.height() * code.size).div_ceil(caption.width().max(1));
    let high = side + words + below(word);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {high}\" role=\"img\" \
         aria-label=\"QR code\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{high}H0z\"/><path fill=\"#000\" d=\""
    );
    for y in 0..code.size {
        for (x, length) in dark_runs(&code, y) {
            let (x, y) = (x + QUIET_ZONE, y + QUIET_ZONE);
            write!(svg, "M{x} {y}h{length}v1h-{length}z")
                .expect("writing to a String does not fail");
        }
    }
    svg.push_str("\"/>");
    if caption.width() > 0 {
        // As wide as the code, whose modules are the unit: a thousandth of one is finer than any printer.
        let thousandths = code.size * 1_000 / caption.width();
        let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
        write!(
            svg,
            "<path fill=\"#000\" transform=\"translate({QUIET_ZONE} {side}) scale({whole}.{rest:03})\" d=\""
        )
        .expect("writing to a String does not fail");
        for (x, y) in dark_squares(&caption) {
            write!(svg, "M{x} {y}h1v1h-1z").expect("writing to a String does not fail");
        }
        svg.push_str("\"/>");
    }
    svg.push_str("</svg>");
    Ok(svg)
}

/// Light modules below a word; none where there is no word.
fn below(word: &str) -> usize {
    if word.is_empty() { 0 } else { QUIET_ZONE }
}

fn dark_squares(caption: &Caption) -> impl Iterator<Item = (usize, usize)> {
    let all = (0..caption.height()).flat_map(|y| (0..caption.width()).map(move |x| (x, y)));
    all.filter(|&(x, y)| caption.is_dark(x, y))
}

/// The runs of dark modules in a row, each with its start and length: neighbours share a shape, so that no
/// renderer leaves hairlines between them.
fn dark_runs(code: &QRCode, y: usize) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for x in (0..code.size).filter(|&x| code[y][x].value()) {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == x => *length += 1,
            _ => runs.push((x, 1)),
        }
    }
    runs
}

/// Prints a text as grey pixels, `module_px` pixels for each module.
///
/// # Errors
/// Where the text is empty or too long, or the picture would be too large.
pub fn qr_luma(text: &str, module_px: u32) -> Result<GrayImage, PrintError> {
    let code = encode(text)?;
    let modules = (code.size + 2 * QUIET_ZONE) as u32;
    let side = modules
        .checked_mul(module_px)
        .filter(|side| (1..=MAX_PICTURE_PX).contains(side))
        .ok_or(PrintError::Size { module_px })?;
    let is_dark = |x: usize, y: usize| {
        let inside = QUIET_ZONE..QUIET_ZONE + code.size;
        inside.contains(&x) && inside.contains(&y) && code[y - QUIET_ZONE][x - QUIET_ZONE].value()
    };
    Ok(GrayImage::from_fn(side, side, |x, y| {
        match is_dark((x / module_px) as usize, (y / module_px) as usize) {
            true => DARK,
            false => LIGHT,
        }
    }))
}

/// Prints a text as a PNG, `module_px` pixels for each module.
///
/// # Errors
/// As [`qr_luma`].
pub fn qr_png(text: &str, module_px: u32) -> Result<Vec<u8>, PrintError> {
    captioned_png(text, "", module_px)
}

/// The same with a word below it, for people who type what they cannot scan.
///
/// # Errors
/// As [`qr_luma`].
pub fn captioned_png(text: &str, word: &str, module_px: u32) -> Result<Vec<u8>, PrintError> {
    let mut png = Cursor::new(Vec::new());
    with_word(qr_luma(text, module_px)?, word, module_px)
        .write_to(&mut png, ImageFormat::Png)
        .map_err(PrintError::Encoding)?;
    Ok(png.into_inner())
}

/// The picture of a code with a word below it, as wide as the code where squares of whole pixels are.
fn with_word(code: GrayImage, word: &str, module_px: u32) -> GrayImage {
    let caption = Caption::new(word);
    let (width, quiet) = (code.width(), QUIET_ZONE as u32 * module_px);
    let wide = caption.width() as u32;
    if wide == 0 {
        return code;
    }
    let square = ((width - 2 * quiet) / wide).max(1);
    let left = (width.saturating_sub(wide * square)) / 2;
    let high = code.height() + caption.height() as u32 * square + quiet;
    let mut picture = GrayImage::from_pixel(width, high, LIGHT);
    image::imageops::replace(&mut picture, &code, 0, 0);
    for (x, y) in dark_squares(&caption) {
        let (x, y) = (left + x as u32 * square, code.height() + y as u32 * square);
        for (dx, dy) in (0..square).flat_map(|dy| (0..square).map(move |dx| (dx, dy))) {
            // What a tiny picture has no room for is left out.
            if let Some(pixel) = picture.get_pixel_mut_checked(x + dx, y + dy) {
                *pixel = DARK;
            }
        }
    }
    picture
}

fn encode(text: &str) -> Result<QRCode, PrintError> {
    if text.is_empty() {
        return Err(PrintError::Empty);
    }
    // The only way to fail without a version being asked for is a text that no version holds.
    QRBuilder::new(text)
        .ecl(ECL::M)
        .build()
        .map_err(|_| PrintError::TooLong { bytes: text.len() })
}
