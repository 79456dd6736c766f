//! Which text is right, which is wrong, and of which nobody knows.

use serde::Serialize;

use crate::peers::{NO_TEXT, Reading};
use crate::truth::Row;

/// What a text is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The source states it, or two independent decoders read it.
    Right,
    /// Nothing known speaks for it or against it.
    Unconfirmed,
    /// The right code, in the wrong character set.
    Garbled,
    /// It contradicts what is known.
    Wrong,
}

/// Judges one text that was read from a photograph.
pub fn judge(row: &Row, reading: &Reading) -> Verdict {
    if !row.has_code() {
        return Verdict::Wrong;
    }
    if reading.text == NO_TEXT {
        return Verdict::Garbled;
    }
    let is = |text: &str| same_text(text, &reading.text);
    let is_garbled = |text: &str| garbled(text, &reading.text);
    let listed = &row.read_by_two_decoders;
    if let Some(stated) = row.stated() {
        if is(stated) {
            return Verdict::Right;
        }
        // Decoders agree on garbled texts, too: what the source states comes first.
        if is_garbled(stated) {
            return Verdict::Garbled;
        }
    }
    if listed.iter().any(|text| is(text)) {
        return Verdict::Right;
    }
    if listed.iter().any(|text| is_garbled(text)) {
        return Verdict::Garbled;
    }
    if is_all_known(row, reading) {
        Verdict::Wrong
    } else {
        Verdict::Unconfirmed
    }
}

/// Whether every code that could have been read here is known, so that another text must be wrong.
fn is_all_known(row: &Row, reading: &Reading) -> bool {
    let known = row.read_by_two_decoders.len();
    if row.corners.is_empty() {
        // The source states one text, and nobody found a second one.
        return row.stated().is_some() && known <= 1;
    }
    // Outside of what is marked there may be a code that nobody marked.
    let is_on_marked = row.corners.iter().any(|code| code.hold(reading.centre));
    let known = known.max(usize::from(row.stated().is_some()));
    is_on_marked && row.corners.len() <= known
}

/// Line feeds are printed as LF and as CR LF; both are right.
fn same_text(a: &str, b: &str) -> bool {
    a == b || a.replace("\r\n", "\n") == b.replace("\r\n", "\n")
}

/// Whether `read` looks like `text` in the wrong character set: the text goes beyond ASCII, what was read has characters
/// of ISO 8859-1 or replacements instead, and the ASCII characters of the text are there in their order. There may be
/// more of them: the second byte of a Shift-JIS character can be ASCII.
fn garbled(text: &str, read: &str) -> bool {
    let is_foreign =
        |character| matches!(character, '\u{80}'..='\u{ff}' | char::REPLACEMENT_CHARACTER);
    if text.is_ascii() || !read.contains(is_foreign) {
        return false;
    }
    let mut ascii = read.chars().filter(char::is_ascii);
    text.chars()
        .filter(|character| character.is_ascii() && !character.is_control())
        .all(|wanted| ascii.any(|character| character == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::Corners;

    const LEFT: Corners = Corners([0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0]);
    const RIGHT: Corners = Corners([20.0, 0.0, 30.0, 0.0, 30.0, 10.0, 20.0, 10.0]);

    fn row(text: Option<&str>, listed: &[&str], corners: &[Corners]) -> Row {
        Row {
            set: "boof/glare".into(),
            text: text.map(str::to_owned),
            read_by_two_decoders: listed.iter().map(|&text| text.to_owned()).collect(),
            corners: corners.to_vec(),
            ..Row::default()
        }
    }

    fn check(row: &Row, text: &str, x: f32, expected: Verdict) {
        let reading = Reading {
            text: text.into(),
            centre: [x, 5.0],
        };
        assert_eq!(judge(row, &reading), expected, "{row:?} {text}");
    }

    #[test]
    fn what_the_source_states_is_right_and_its_opposite_wrong() {
        let stated = row(Some("SN1"), &["SN1"], &[]);
        check(&stated, "SN1", 5.0, Verdict::Right);
        check(&stated, "SN2", 5.0, Verdict::Wrong);
        check(&row(Some("SN1"), &[], &[]), "SN2", 5.0, Verdict::Wrong);
        check(&row(Some(""), &[], &[]), "SN2", 5.0, Verdict::Unconfirmed);
    }

    #[test]
    fn line_feeds_come_both_ways() {
        let stated = row(Some("A\nB"), &[], &[]);
        check(&stated, "A\nB", 5.0, Verdict::Right);
        check(&stated, "A\r\nB", 5.0, Verdict::Right);
        check(&stated, "A\rB", 5.0, Verdict::Wrong);
        check(&row(None, &["A\r\nB"], &[]), "A\nB", 5.0, Verdict::Right);
    }

    #[test]
    fn a_second_code_is_not_wrong() {
        let two = row(Some("SN1"), &["SN1", "SN2"], &[]);
        check(&two, "SN2", 5.0, Verdict::Right);
        check(&two, "SN3", 5.0, Verdict::Unconfirmed);
        let one_of_two = row(None, &["SN1"], &[LEFT, RIGHT]);
        check(&one_of_two, "SN1", 5.0, Verdict::Right);
        check(&one_of_two, "SN2", 25.0, Verdict::Unconfirmed);
        let both = row(None, &["SN1", "SN2"], &[LEFT, RIGHT]);
        check(&both, "SN2", 25.0, Verdict::Right);
        check(&both, "SN3", 25.0, Verdict::Wrong);
    }

    #[test]
    fn what_nobody_else_read_is_unconfirmed() {
        check(&row(None, &[], &[LEFT]), "SN1", 5.0, Verdict::Unconfirmed);
        check(&row(None, &["SN1"], &[]), "SN2", 5.0, Verdict::Unconfirmed);
        let marked = row(None, &["SN1"], &[LEFT]);
        check(&marked, "SN2", 5.0, Verdict::Wrong);
        check(&marked, "SN2", 15.0, Verdict::Unconfirmed);
        check(&row(Some("SN1"), &[], &[LEFT]), "SN2", 5.0, Verdict::Wrong);
    }

    #[test]
    fn anything_is_wrong_where_there_is_no_code() {
        let mut without = row(None, &["SN1"], &[]);
        without.set = crate::truth::WITHOUT_CODE.into();
        check(&without, "SN1", 5.0, Verdict::Wrong);
    }

    #[test]
    fn the_wrong_character_set_is_told_apart() {
        let stated = row(Some("ﾃﾞｻﾞQR"), &["ÃÞ»ÞQR", "ﾃﾞｻﾞQR"], &[]);
        check(&stated, "ﾃﾞｻﾞQR", 5.0, Verdict::Right);
        check(&stated, "ÃÞ»ÞQR", 5.0, Verdict::Garbled);
        let kanji = row(Some("内[x]"), &[], &[]);
        check(&kanji, "\u{93}\u{e0}[\u{83}Rx]", 5.0, Verdict::Garbled);
        check(&kanji, "ä[y]", 5.0, Verdict::Wrong);
        check(&kanji, "[x]", 5.0, Verdict::Wrong);
        check(&row(None, &["é1"], &[]), "Ã©1", 5.0, Verdict::Garbled);
        check(&kanji, NO_TEXT, 5.0, Verdict::Garbled);
        // Two codes whose texts differ beyond ASCII alone.
        let two = row(Some("内QR"), &["内QR", "外QR"], &[]);
        check(&two, "外QR", 5.0, Verdict::Right);
    }
}
