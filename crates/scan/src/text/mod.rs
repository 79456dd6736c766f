//! From a symbol's bytes to text, whichever symbol they are of.
//!
//! A symbol states its character sets or it does not. What it states is honoured; what it leaves open is UTF-8 where the bytes
//! are that, and guessed where they are not (`guess`). Which of these it was comes with the text: [`Fidelity`].
//!
//! Nothing is dropped: a byte order mark stays in the text as the character U+FEFF, as in what Rust's `str::from_utf8` gives.

mod cp437;
mod guess;
mod part;

use encoding_rs::{self as known, Encoding};
use serde::Serialize;

pub(crate) use part::Parts;
pub use part::{Part, Set};

/// How sure a code's text is: what it takes for granted that the code does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fidelity {
    /// The code states the character set, or its bytes are ASCII or UTF-8.
    Sure,
    /// The code states no character set and its bytes are not UTF-8: whether they are Shift-JIS or Windows-1252 (ISO 8859-1
    /// with more printable characters) was guessed.
    Guessed,
    /// The code states a character set (ECI) that is not known here: its text was guessed as if it stated none.
    UnknownSet,
    /// Some bytes are none of the character set that the code states; they are U+FFFD in the text.
    Broken,
}

/// How bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// The symbol does not say.
    Unstated,
    /// The symbol says it with a number that is not known here.
    Unknown,
    Ascii,
    /// Kanji mode.
    ShiftJis,
    /// Hanzi mode.
    Gb,
    Latin1,
    Cp437,
    /// Four bytes for a character, the most significant first if true.
    Utf32(bool),
    /// The character set of an extended channel interpretation.
    Stated(&'static Encoding),
}

impl Coding {
    /// What the number of an extended channel interpretation means, by AIM's "ECI Part 3: Register".
    pub(crate) fn of_eci(number: u32) -> Self {
        let encoding = match number {
            0 | 2 => return Self::Cp437,
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
            34 => return Self::Utf32(true),
            35 => return Self::Utf32(false),
            _ => return Self::Unknown,
        };
        Self::Stated(encoding)
    }

    /// How digits and letters are read that a symbol packs as such. They are ASCII in whatever is not stated, and so do not
    /// part the bytes around them.
    pub(crate) fn of_characters(self) -> Self {
        match self {
            Self::Unstated | Self::Unknown => self,
            _ => Self::Ascii,
        }
    }
}

/// Bytes that are read in one way: from `start` to where the next run starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) start: usize,
    pub(crate) coding: Coding,
}

/// What a symbol holds. Labels carry secrets, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// As they were encoded: digits and letters as ASCII, kanji as Shift-JIS, hanzi as GB 2312, bytes as they are.
    pub(crate) bytes: Vec<u8>,
    /// How the bytes are to be read, from the first on.
    pub(crate) runs: Vec<Run>,
    /// Whether they are GS1 element strings: FNC1 in first position. Their separator is the byte 0x1D.
    pub(crate) gs1: bool,
    /// The symbol's place among those that make one message.
    pub(crate) part: Option<Part>,
}

impl Content {
    /// Bytes that are all read in one way.
    pub(crate) fn new(bytes: Vec<u8>, coding: Coding) -> Self {
        let runs = vec![Run { start: 0, coding }];
        Self {
            bytes,
            runs,
            ..Self::default()
        }
    }

    /// Bytes that come next are read in this way.
    pub(crate) fn start(&mut self, coding: Coding) {
        if self.runs.last().is_none_or(|run| run.coding != coding) {
            let start = self.bytes.len();
            self.runs.push(Run { start, coding });
        }
    }

    /// Adds what follows in another symbol.
    pub(crate) fn append(&mut self, other: &Self) {
        for (index, run) in other.runs.iter().enumerate() {
            let next = other.runs.get(index + 1);
            let end = next.map_or(other.bytes.len(), |next| next.start);
            self.start(run.coding);
            self.bytes.extend_from_slice(&other.bytes[run.start..end]);
        }
    }

    /// All of it as text.
    pub(crate) fn text(&self) -> (String, Fidelity) {
        let is_japanese = self.runs.iter().any(|run| run.coding == Coding::ShiftJis);
        let starts = self.runs.iter().map(|run| run.start);
        let ends = starts.skip(1).chain([self.bytes.len()]);
        let mut text = String::with_capacity(self.bytes.len());
        let mut fidelity = Fidelity::Sure;
        for (run, end) in self.runs.iter().zip(ends) {
            let bytes = &self.bytes[run.start..end];
            fidelity = fidelity.max(append(&mut text, bytes, run.coding, is_japanese));
        }
        (text, fidelity)
    }
}

fn append(text: &mut String, bytes: &[u8], coding: Coding, is_japanese: bool) -> Fidelity {
    let encoding = match coding {
        Coding::Unstated => return unstated(text, bytes, is_japanese),
        Coding::Unknown => {
            unstated(text, bytes, is_japanese);
            return Fidelity::UnknownSet;
        }
        Coding::Latin1 => {
            text.extend(bytes.iter().map(|&byte| char::from(byte)));
            return Fidelity::Sure;
        }
        Coding::Cp437 => {
            text.push_str(&cp437::text(bytes));
            return Fidelity::Sure;
        }
        Coding::Utf32(is_big) => return utf_32(text, bytes, is_big),
        Coding::Ascii => {
            let character = |&byte: &u8| match byte {
                0..0x80 => char::from(byte),
                _ => char::REPLACEMENT_CHARACTER,
            };
            text.extend(bytes.iter().map(character));
            return sure_if(bytes.is_ascii());
        }
        Coding::ShiftJis => known::SHIFT_JIS,
        Coding::Gb => known::GB18030,
        Coding::Stated(encoding) => encoding,
    };
    let (decoded, is_broken) = encoding.decode_without_bom_handling(bytes);
    text.push_str(&decoded);
    sure_if(!is_broken)
}

fn sure_if(is_whole: bool) -> Fidelity {
    if is_whole {
        Fidelity::Sure
    } else {
        Fidelity::Broken
    }
}

fn unstated(text: &mut String, bytes: &[u8], is_japanese: bool) -> Fidelity {
    if let Ok(utf8) = std::str::from_utf8(bytes) {
        text.push_str(utf8);
        return Fidelity::Sure;
    }
    let encoding = guess::encoding(bytes, is_japanese);
    text.push_str(&encoding.decode_without_bom_handling(bytes).0);
    Fidelity::Guessed
}

fn utf_32(text: &mut String, bytes: &[u8], is_big: bool) -> Fidelity {
    let mut is_whole = true;
    for four in bytes.chunks(4) {
        let number = <[u8; 4]>::try_from(four).ok().map(|four| {
            if is_big {
                u32::from_be_bytes(four)
            } else {
                u32::from_le_bytes(four)
            }
        });
        let character = number.and_then(char::from_u32);
        is_whole &= character.is_some();
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    sure_if(is_whole)
}
