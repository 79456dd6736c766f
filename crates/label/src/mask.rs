//! Texts made safe to show and to log.

use crate::base64url;
use crate::qr_token;
use crate::steering::is_steering;

/// Masks a text, so that it can be recognized by those who know it, and used by nobody.
///
/// Of a token only its constant prefix and its last two characters remain, wherever in the text it stands; of
/// anything else at most the first four and the last two characters, and never half of it.
pub fn mask(text: &str) -> String {
    let text = text.trim();
    if base64url::is_token(text) || text.contains(qr_token::PREFIX) {
        return mask_token(text);
    }
    let length = text.chars().count();
    let head = (length / 4).min(4);
    let tail = (length / 8).min(2);
    let visible = |c: char| if is_steering(c) { ' ' } else { c };
    let start = text.chars().take(head).map(visible);
    let end = text.chars().skip(length - tail).map(visible);
    start.chain(['…']).chain(end).collect()
}

/// Masks a token, or a text with a QR token in it: the prefix remains, and the last two characters if that leaves
/// at least 30 hidden.
pub(crate) fn mask_token(text: &str) -> String {
    let (head, secret) = match text.rsplit_once(qr_token::PREFIX) {
        Some(("", secret)) => (qr_token::PREFIX, secret),
        Some((_, secret)) => ("…sqr_", secret),
        None => ("", text),
    };
    let length = secret.chars().count();
    let shown = if length >= base64url::TOKEN_LENGTH {
        2
    } else {
        0
    };
    let tail: String = secret.chars().skip(length - shown).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn little_remains() {
        let rows = [
            ("sqr_abcdefghijklmnopqrstuvwxyzABCD_9", "sqr_…_9"),
            ("  sqr_abcdefghijklmnopqrstuvwxyzABCD_9\n", "sqr_…_9"),
            ("sqr_abcdefghijklmnopqrstuvwxyzABCD_9+12", "sqr_…12"),
            ("sqr_abcdefgh", "sqr_…"),
            (
                "https://cloud.example/claim#sqr_abcdefghijklmnopqrstuvwxyzABCD_9",
                "…sqr_…_9",
            ),
            ("abcdefghijklmnopqrstuvwxyzABCD_9", "…_9"),
            ("WIFI:T:WPA;S:Home;P:secret;;", "WIFI…;;"),
            ("SN-0012345", "SN…5"),
            ("SN1", "…"),
            ("", "…"),
            ("ÄÖÜäöüß€", "ÄÖ…€"),
            ("a\nbcdefghijklmno", "a bc…no"),
        ];
        for (text, expected) in rows {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn at_least_half_is_hidden(text in "\\PC{0,80}") {
            let shown = mask(&text).chars().filter(|&c| c != '…').count();
            prop_assert!(shown <= 6 && shown * 2 <= text.chars().count().max(12));
        }
    }
}
