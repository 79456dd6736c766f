//! Codes drawn pixel by pixel, so that it is known where their corners are.

use fast_qr::{ECL, QRBuilder};
use image::{GrayImage, Luma, imageops};

/// Modules of white around a code.
pub const QUIET: u32 = 4;

/// A code with its quiet zone, `module` pixels for each module.
pub fn code(content: impl Into<Vec<u8>>, module: u32) -> GrayImage {
    let code = QRBuilder::new(content.into())
        .ecl(ECL::M)
        .build()
        .expect("the text fits a code");
    let size = u32::try_from(code.size).expect("a code is small");
    GrayImage::from_fn(
        (size + 2 * QUIET) * module,
        (size + 2 * QUIET) * module,
        |x, y| {
            let inside = |at: u32| (at / module).checked_sub(QUIET).filter(|&at| at < size);
            let dark = match (inside(x), inside(y)) {
                (Some(column), Some(row)) => code[row as usize][column as usize].value(),
                _ => false,
            };
            Luma([if dark { 0 } else { 255 }])
        },
    )
}

/// Grey wall of this size with pictures hung at these places.
pub fn wall((width, height): (u32, u32), pictures: &[(&GrayImage, (u32, u32))]) -> GrayImage {
    let mut wall = GrayImage::from_pixel(width, height, Luma([128]));
    for (picture, (x, y)) in pictures {
        imageops::replace(&mut wall, *picture, i64::from(*x), i64::from(*y));
    }
    wall
}
