//! From a symbol's bytes to text.

use encoding_rs::{self as known, Encoding};

/// How bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// The symbol does not say.
    Unstated,
    Ascii,
    /// Kanji mode.
    ShiftJis,
    /// Hanzi mode.
    Gb,
    Latin1,
    /// The character set of an extended channel interpretation.
    Stated(&'static Encoding),
}

impl Coding {
    /// What the number of an extended channel interpretation means, by AIM's "ECI Part 3: Register". Numbers that are not
    /// character sets, and sets that nobody prints, leave it to the bytes.
    pub fn of_eci(number: u32) -> Self {
        let encoding = match number {
            1 | 3 => return Self::Latin1,
            27 | 170 => return Self::Ascii,
            4 => known::ISO_8859_2,
            5 => known::ISO_8859_3,
            6 => known::ISO_8859_4,
            7 => known::ISO_8859_5,
            8 => known::ISO_8859_6,
            9 => known::ISO_8859_7,
            10 => known::ISO_8859_8,
            // The Windows sets are those of ISO 8859-9 and -11 with printable characters in the place of controls.
            11 => known::WINDOWS_1254,
            12 => known::ISO_8859_10,
            13 => known::WINDOWS_874,
            15 => known::ISO_8859_13,
            16 => known::ISO_8859_14,
            17 => known::ISO_8859_15,
            18 => known::ISO_8859_16,
            20 => known::SHIFT_JIS,
            21 => known::WINDOWS_1250,
            22 => known::WINDOWS_1251,
            23 => known::WINDOWS_1252,
            24 => known::WINDOWS_1256,
            25 => known::UTF_16BE,
            26 => known::UTF_8,
            28 => known::BIG5,
            29 | 31 | 32 => known::GB18030,
            30 => known::EUC_KR,
            33 => known::UTF_16LE,
            _ => return Self::Unstated,
        };
        Self::Stated(encoding)
    }
}

/// Bytes that are read in one way: from `start` to where the next run starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub start: usize,
    pub coding: Coding,
}

/// The text of all runs, which start in order and within the bytes.
pub(super) fn text(bytes: &[u8], runs: &[Run]) -> String {
    let is_japanese = runs.iter().any(|run| run.coding == Coding::ShiftJis);
    let ends = runs
        .iter()
        .skip(1)
        .map(|run| run.start)
        .chain([bytes.len()]);
    let mut text = String::with_capacity(bytes.len());
    for (run, end) in runs.iter().zip(ends) {
        append(&mut text, &bytes[run.start..end], run.coding, is_japanese);
    }
    match text.strip_prefix('\u{feff}') {
        Some(marked) => marked.to_owned(),
        None => text,
    }
}

/// The text of bytes whose character set nobody states.
pub(crate) fn unstated_text(bytes: &[u8]) -> String {
    let coding = Coding::Unstated;
    text(bytes, &[Run { start: 0, coding }])
}

fn append(text: &mut String, bytes: &[u8], coding: Coding, is_japanese: bool) {
    let encoding = match coding {
        Coding::Unstated => match std::str::from_utf8(bytes) {
            Ok(utf8) => return text.push_str(utf8),
            Err(_) if is_japanese || is_shift_jis(bytes) => known::SHIFT_JIS,
            // It has the characters of ISO 8859-1, and those that printers' software means by the controls.
            Err(_) => known::WINDOWS_1252,
        },
        Coding::Latin1 => return text.extend(bytes.iter().map(|&byte| char::from(byte))),
        Coding::Ascii => known::WINDOWS_1252,
        Coding::ShiftJis => known::SHIFT_JIS,
        Coding::Gb => known::GB18030,
        Coding::Stated(encoding) => encoding,
    };
    text.push_str(&encoding.decode_without_bom_handling(bytes).0);
}

/// Whether bytes that are not UTF-8 are rather Shift-JIS than the Latin script.
///
/// Nearly any two bytes above 0x7f are something in Shift-JIS ("Größe" is valid too), so it takes what Latin text does not
/// have: two full-width characters in a row, one with a lead byte that is a control in ISO 8859-1; or four half-width
/// katakana in a row, which would be a row of capitals with accents.
fn is_shift_jis(bytes: &[u8]) -> bool {
    let decoded = known::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
    let Some(decoded) = decoded else {
        return false;
    };
    // Characters for private use mean bytes that are in no Japanese set.
    if decoded
        .chars()
        .any(|c| ('\u{e000}'..='\u{f8ff}').contains(&c))
    {
        return false;
    }
    let is_narrow = |c: char| ('\u{ff61}'..='\u{ff9f}').contains(&c);
    let longest = |is_in: &dyn Fn(char) -> bool| {
        let runs = decoded.split(|c: char| !is_in(c));
        runs.map(|run| run.chars().count()).max().unwrap_or(0)
    };
    let has_control = bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
    let wide = longest(&|c| !c.is_ascii() && !is_narrow(c));
    (has_control && wide >= 2) || longest(&is_narrow) >= 4
}
