//! The QR code of a text, as vector and as pixels.

use std::fmt::Write as _;
use std::io::Cursor;

use fast_qr::{ECL, QRBuilder, QRCode};
use image::{GrayImage, ImageFormat, Luma};

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
    let code = encode(text)?;
    let side = code.size + 2 * QUIET_ZONE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         aria-label=\"QR code\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\""
    );
    for y in 0..code.size {
        for (x, length) in dark_runs(&code, y) {
            let (x, y) = (x + QUIET_ZONE, y + QUIET_ZONE);
            write!(svg, "M{x} {y}h{length}v1h-{length}z")
                .expect("writing to a String does not fail");
        }
    }
    svg.push_str("\"/></svg>");
    Ok(svg)
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
    let mut png = Cursor::new(Vec::new());
    qr_luma(text, module_px)?
        .write_to(&mut png, ImageFormat::Png)
        .map_err(PrintError::Encoding)?;
    Ok(png.into_inner())
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
