//! zxing-cpp, with every attempt that it can make.

use handover_scan::Picture;
use zxingcpp::{BarcodeFormat, ImageFormat, ImageView, TextMode, read};

use super::{InProcess, Peer, Reading, middle};

/// zxing-cpp for QR codes of every kind alone, so that it spends nothing on other symbols.
pub fn new() -> impl Peer {
    let reader = read()
        .formats(BarcodeFormat::QRCode)
        .try_harder(true)
        .try_rotate(true)
        .try_invert(true)
        .try_downscale(true)
        // Its default writes control characters as names in angle brackets.
        .text_mode(TextMode::Plain);
    InProcess(move |picture: &Picture| {
        let (width, height) = (picture.width, picture.height);
        let view = ImageView::from_slice(&picture.grey, width, height, ImageFormat::Lum);
        let codes = view.and_then(|view| reader.from(view)).unwrap_or_default();
        codes.iter().map(reading).collect()
    })
}

fn reading(code: &zxingcpp::Barcode) -> Reading {
    let at = code.position();
    let corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left];
    Reading {
        text: code.text(),
        centre: middle(corners.map(|point| [point.x as f32, point.y as f32])),
    }
}
