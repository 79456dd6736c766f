//! zxing-cpp, with every attempt that it can make.

use handover_scan::{Picture, Symbology};
use zxingcpp::{BarcodeFormat, ImageFormat, ImageView, TextMode, create, read, write};

use super::{InProcess, Peer, Reading, middle};

/// zxing-cpp for QR codes of every kind alone, so that it spends nothing on other symbols.
pub fn new() -> impl Peer {
    reading_formats(&[BarcodeFormat::QRCode])
}

/// zxing-cpp for the symbologies that ours reads.
pub fn every_symbology() -> impl Peer {
    reading_formats(&[
        BarcodeFormat::QRCode,
        BarcodeFormat::MicroQRCode,
        BarcodeFormat::DataMatrix,
        BarcodeFormat::Code128,
        BarcodeFormat::EAN13,
        BarcodeFormat::EAN8,
        BarcodeFormat::UPCA,
        BarcodeFormat::UPCE,
    ])
}

fn reading_formats(formats: &[BarcodeFormat]) -> impl Peer + use<> {
    let reader = read()
        .formats(formats)
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
    // It gives UPC as the EAN-13 that it stands for.
    let text = code.text();
    let text = match code.format() {
        BarcodeFormat::UPCE => code.extra_with_key("UPCE"),
        BarcodeFormat::EAN13 | BarcodeFormat::UPCA => {
            text.strip_prefix('0').unwrap_or(&text).to_owned()
        }
        _ => text,
    };
    Reading {
        text,
        centre: middle(corners.map(|point| [point.x as f32, point.y as f32])),
    }
}

/// The modules of a symbol that says this, row by row; one row of bars. None where it does not fit.
pub fn modules(symbology: Symbology, text: &str) -> Option<Vec<Vec<bool>>> {
    let (format, is_bars) = match symbology {
        Symbology::Qr => (BarcodeFormat::QRCode, false),
        Symbology::MicroQr => (BarcodeFormat::MicroQRCode, false),
        Symbology::DataMatrix => (BarcodeFormat::DataMatrix, false),
        Symbology::Code128 => (BarcodeFormat::Code128, true),
        Symbology::Ean13 => (BarcodeFormat::EAN13, true),
        Symbology::Ean8 => (BarcodeFormat::EAN8, true),
        Symbology::UpcA => (BarcodeFormat::UPCA, true),
        Symbology::UpcE => (BarcodeFormat::UPCE, true),
    };
    let bare = write().scale(1).add_quiet_zones(false).add_hrt(false);
    let image = create(format)
        .from_str(text)
        .ok()?
        .to_image_with(&bare)
        .ok()?;
    let dark: Vec<bool> = image.data().into_iter().map(|pixel| pixel < 128).collect();
    let rows = dark.chunks_exact(image.width() as usize);
    Some(
        rows.take(if is_bars { 1 } else { usize::MAX })
            .map(<[bool]>::to_vec)
            .collect(),
    )
}
