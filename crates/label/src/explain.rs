//! The table of formats, and how their readings are ranked.

use crate::claim::Claim;
use crate::reading::{Fit, Format, Found, Reading};
use crate::{auth_token, claim_link, eui, imei, lorawan, qr_token, serial, text};

/// The longest text that is looked at, in bytes. No label of ours is nearly as long.
pub const MAX_BYTES: usize = 4096;

/// Reads a trimmed text. None where it is nothing of that format.
type Read = fn(&str) -> Option<Found>;

/// Every format, in the order in which equally good readings are ranked. A new format is a file and a line here.
const FORMATS: &[(Format, Read)] = &[
    (Format::QrToken, qr_token::read),
    (Format::ClaimLink, claim_link::read),
    (Format::LorawanTr005, lorawan::read),
    (Format::Imei, imei::read),
    (Format::Eui64, eui::read_eui64),
    (Format::Eui48, eui::read_eui48),
    (Format::AuthToken, auth_token::read),
    (Format::Serial, serial::read),
];

/// Says what a text can be, best first. There is always at least one reading.
///
/// Never panics; takes time linear in the text's length; a text of more than [`MAX_BYTES`] is not looked at.
pub fn explain(text: &str) -> Vec<Reading> {
    readings(text)
        .into_iter()
        .map(|(format, found)| found.into_reading(format))
        .collect()
}

/// The best claimable reading of a text, parsed. None where nothing can be claimed with it.
pub fn claim(text: &str) -> Option<Claim> {
    readings(text)
        .into_iter()
        .find_map(|(_, found)| found.claim)
}

fn readings(text: &str) -> Vec<(Format, Found)> {
    if text.len() > MAX_BYTES {
        return vec![(Format::Text, text::too_long())];
    }
    let text = text.trim();
    let mut all: Vec<_> = FORMATS
        .iter()
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
