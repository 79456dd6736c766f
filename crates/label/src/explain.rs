//! The table of formats, and how their readings are ranked.

use crate::carrier::{Carrier, Scanned};
use crate::claim::Claim;
use crate::reading::{Fit, Format, Found, Reading};
use crate::{auth_token, claim_link, eui, gs1, gtin, imei, lorawan, qr_token, serial, text};

/// The longest text that is looked at, in bytes. No label of ours is nearly as long.
pub const MAX_BYTES: usize = 4096;

/// Reads a trimmed text. None where it is nothing of that format.
type Read = fn(&str) -> Option<Found>;

/// Every format, in the order in which equally good readings are ranked. A new format is a file and a line here.
const FORMATS: &[(Format, Read)] = &[
    (Format::QrToken, qr_token::read),
    (Format::ClaimLink, claim_link::read),
    (Format::LorawanTr005, lorawan::read),
    (Format::Gs1DigitalLink, gs1::read_link),
    (Format::Gs1ElementString, gs1::read),
    (Format::Imei, imei::read),
    (Format::RetailBarcode, gtin::read),
    (Format::Eui64, eui::read_eui64),
    (Format::Eui48, eui::read_eui48),
    (Format::AuthToken, auth_token::read),
    (Format::Serial, serial::read),
    (Format::RetailBarcode, gtin::read_short),
];

/// Says what a text can be, best first. There is always at least one reading.
///
/// Never panics; takes time linear in the text's length; a text of more than [`MAX_BYTES`] is not looked at.
pub fn explain(text: &str) -> Vec<Reading> {
    explain_scanned(&Scanned::typed(text))
}

/// The same for what a scanner read, which may settle what the text alone leaves open: GS1 symbols and retail barcodes, and
/// parts of a text.
pub fn explain_scanned(scanned: &Scanned<'_>) -> Vec<Reading> {
    readings(scanned)
        .into_iter()
        .map(|(format, found)| found.into_reading(format))
        .collect()
}

/// The best claimable reading of a text, parsed. None where nothing can be claimed with it.
pub fn claim(text: &str) -> Option<Claim> {
    readings(&Scanned::typed(text))
        .into_iter()
        .find_map(|(_, found)| found.claim)
}

fn readings(scanned: &Scanned<'_>) -> Vec<(Format, Found)> {
    if scanned.text.len() > MAX_BYTES {
        return vec![(Format::Text, text::too_long())];
    }
    if scanned.is_part {
        return vec![(Format::Text, text::part())];
    }
    let (carrier, text) = Carrier::split(scanned);
    let settled = match carrier {
        Carrier::Gs1 => gs1::read_symbol(text).map(|found| (Format::Gs1ElementString, found)),
        Carrier::Retail => gtin::read_symbol(text).map(|found| (Format::RetailBarcode, found)),
        Carrier::Ean8 => gtin::read_ean_8(text).map(|found| (Format::RetailBarcode, found)),
        Carrier::Unknown | Carrier::Other => None,
    };
    if let Some(settled) = settled {
        return vec![settled];
    }
    let mut all: Vec<_> = FORMATS
        .iter()
        .filter(|(format, _)| carrier != Carrier::Other || *format != Format::RetailBarcode)
        .filter_map(|(format, read)| Some((*format, read(text)?)))
        .collect();
    // The sort is stable: the table's order decides between equals.
    all.sort_by_key(|(_, found)| found.fit);
    if all
        .first()
        .is_some_and(|(_, best)| best.fit == Fit::Certain)
    {
        all.retain(|(_, found)| found.fit < Fit::Ambiguous);
    } else if let Some(found) = text::read(text, all.is_empty()) {
        all.insert(0, (Format::Text, found));
    }
    all
}
