//! The segments of a symbol's data: ISO/IEC 18004:2015, clauses 7.4 and 8, and GB/T 18284 for Hanzi.

use crate::text::{Coding, Content, Part, Set};

/// What FNC1 in first position makes of a % in alphanumeric mode: the separator of GS1 element strings.
const GS: u8 = 0x1d;

const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The segments taken apart.
pub(super) struct Segments {
    pub content: Content,
    /// Whether what follows the segments is filled as the standard says.
    pub is_padded: bool,
}

/// How long the fields are that stand before segments, in bits.
#[derive(Clone, Copy)]
struct Fields {
    mode: usize,
    /// Character counts of numeric, alphanumeric and byte mode, and of kanji and hanzi.
    counts: [usize; 4],
    /// Zeros that end the segments.
    end: usize,
}

impl Fields {
    /// ISO/IEC 18004:2015, tables 2 and 3.
    fn of_version(version: u8) -> Self {
        let counts = match version {
            ..=9 => [10, 9, 8, 8],
            10..=26 => [12, 11, 16, 10],
            _ => [14, 13, 16, 12],
        };
        Self {
            mode: 4,
            counts,
            end: 4,
        }
    }

    /// The same of Micro QR codes M1 to M4.
    fn of_micro(version: u8) -> Self {
        let of = usize::from(version);
        Self {
            mode: of - 1,
            counts: [of + 2, of + 1, of + 1, of],
            end: 2 * of + 1,
        }
    }
}

/// `None` if these codewords are not segments as an encoder makes them. `version` is 1 to 40.
pub(super) fn parse(data: &[u8], version: u8) -> Option<Segments> {
    let bits = data.len() * 8;
    let mut parser = Parser::new(data, bits, Fields::of_version(version));
    while parser.segment()? {}
    let is_padded = parser.bits.are_padding();
    Some(Segments {
        content: parser.content,
        is_padded,
    })
}

/// The same for the first `bits` of a Micro QR code of this version, 2 to 4.
pub(super) fn parse_micro(data: &[u8], bits: usize, version: u8) -> Option<Content> {
    let mut parser = Parser::new(data, bits, Fields::of_micro(version));
    while parser.micro_segment()? {}
    Some(parser.content)
}

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// How many there are.
    count: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.count - self.at
    }

    /// The next `count` bits, at most 16, the first of them the most significant.
    fn take(&mut self, count: usize) -> Option<u16> {
        if count > self.left() {
            return None;
        }
        let window = (0..3).fold(0_u32, |sum, next| {
            sum << 8 | u32::from(*self.data.get(self.at / 8 + next).unwrap_or(&0))
        });
        let bits = window >> (24 - self.at % 8 - count) & ((1 << count) - 1);
        self.at += count;
        Some(bits as u16)
    }

    /// The next `count` bits, which are there, without taking them.
    fn peek(&self, count: usize) -> u16 {
        let mut ahead = Bits {
            data: self.data,
            ..*self
        };
        ahead.take(count).unwrap_or(0)
    }

    /// Whether zeros fill the codeword that was begun and 0xEC and 0x11 in turn those after it.
    fn are_padding(&mut self) -> bool {
        let begun = self.left() % 8;
        if self.take(begun) != Some(0) {
            return false;
        }
        let rest = self.data[self.at / 8..].iter();
        rest.zip([0xec, 0x11].iter().cycle())
            .all(|(codeword, padding)| codeword == padding)
    }
}

struct Parser<'a> {
    bits: Bits<'a>,
    fields: Fields,
    content: Content,
    coding: Coding,
    has_fnc1: bool,
}

impl<'a> Parser<'a> {
    fn new(data: &'a [u8], count: usize, fields: Fields) -> Self {
        let mut content = Content::default();
        content.bytes.reserve(data.len());
        Self {
            bits: Bits { data, at: 0, count },
            fields,
            content,
            coding: Coding::Unstated,
            has_fnc1: false,
        }
    }

    /// Reads one segment of a Micro QR code. False if it was the end.
    fn micro_segment(&mut self) -> Option<bool> {
        let Fields { mode, end, .. } = self.fields;
        let left = self.bits.left();
        if self.bits.peek(end.min(left)) == 0 {
            return Some(false);
        }
        match self.bits.take(mode)? {
            0 => self.numeric()?,
            1 => self.alphanumeric()?,
            2 => self.byte()?,
            3 => self.kanji()?,
            _ => return None,
        }
        Some(true)
    }

    /// Reads one segment. False if it was the end.
    fn segment(&mut self) -> Option<bool> {
        let left = self.bits.left();
        if left < 4 {
            // The terminator is cut off where the symbol is full.
            return (self.bits.take(left)? == 0).then_some(false);
        }
        match self.bits.take(4)? {
            0 => return Some(false),
            1 => self.numeric()?,
            2 => self.alphanumeric()?,
            3 => self.structured_append()?,
            4 => self.byte()?,
            5 => {
                self.fnc1()?;
                self.content.gs1 = true;
            }
            7 => self.coding = Coding::of_eci(self.eci()?),
            8 => self.kanji()?,
            9 => self.fnc1_second()?,
            13 => self.hanzi()?,
            _ => return None,
        }
        Some(true)
    }

    /// The character count of a mode, one of the four.
    fn count(&mut self, mode: usize) -> Option<usize> {
        self.bits.take(self.fields.counts[mode]).map(usize::from)
    }

    fn start_ascii(&mut self) {
        self.content.start(self.coding.of_characters());
    }

    fn numeric(&mut self) -> Option<()> {
        let mut count = self.count(0)?;
        self.start_ascii();
        while count > 0 {
            let digits = count.min(3);
            let number = self.bits.take(1 + 3 * digits)?;
            let powers = [100, 10, 1];
            if number >= 10 * powers[3 - digits] {
                return None;
            }
            let digit = |&power: &u16| b'0' + (number / power % 10) as u8;
            self.content
                .bytes
                .extend(powers[3 - digits..].iter().map(digit));
            count -= digits;
        }
        Some(())
    }

    fn alphanumeric(&mut self) -> Option<()> {
        let mut count = self.count(1)?;
        self.start_ascii();
        let start = self.content.bytes.len();
        let character = |number: u16| ALPHANUMERIC.get(usize::from(number)).copied();
        while count > 1 {
            let pair = self.bits.take(11)?;
            let characters = [character(pair / 45)?, character(pair % 45)?];
            self.content.bytes.extend(characters);
            count -= 2;
        }
        if count == 1 {
            let last = character(self.bits.take(6)?)?;
            self.content.bytes.push(last);
        }
        if self.has_fnc1 {
            separate(&mut self.content.bytes, start);
        }
        Some(())
    }

    fn byte(&mut self) -> Option<()> {
        let count = self.count(2)?;
        if count * 8 > self.bits.left() {
            return None;
        }
        self.content.start(self.coding);
        for _ in 0..count {
            let byte = self.bits.take(8)?;
            self.content.bytes.push(byte as u8);
        }
        Some(())
    }

    fn kanji(&mut self) -> Option<()> {
        let count = self.count(3)?;
        self.content.start(Coding::ShiftJis);
        for _ in 0..count {
            let packed = self.bits.take(13)?;
            let offset = ((packed / 0xc0) << 8) | (packed % 0xc0);
            let base = if offset < 0x1f00 { 0x8140 } else { 0xc140 };
            let [lead, trail] = offset.checked_add(base)?.to_be_bytes();
            // 13 bits reach no lead byte that is none.
            if trail == 0x7f || trail > 0xfc {
                return None;
            }
            self.content.bytes.extend([lead, trail]);
        }
        Some(())
    }

    fn hanzi(&mut self) -> Option<()> {
        // The only subset there is: GB 2312.
        if self.bits.take(4)? != 1 {
            return None;
        }
        let count = self.count(3)?;
        self.content.start(Coding::Gb);
        for _ in 0..count {
            let packed = self.bits.take(13)?;
            let offset = ((packed / 0x60) << 8) | (packed % 0x60);
            let base = if offset < 0x0a00 { 0xa1a1 } else { 0xa6a1 };
            let [lead, trail] = offset.checked_add(base)?.to_be_bytes();
            if lead > 0xfa || trail > 0xfe {
                return None;
            }
            self.content.bytes.extend([lead, trail]);
        }
        Some(())
    }

    /// The number of a character set, in one, two or three bytes by the ones it begins with.
    fn eci(&mut self) -> Option<u32> {
        let first = u32::from(self.bits.take(8)?);
        match (first as u8).leading_ones() {
            0 => Some(first),
            1 => Some((first & 0x3f) << 8 | u32::from(self.bits.take(8)?)),
            2 => Some((first & 0x1f) << 16 | u32::from(self.bits.take(16)?)),
            _ => None,
        }
    }

    fn structured_append(&mut self) -> Option<()> {
        let position = self.bits.take(4)? as u8;
        let last = self.bits.take(4)? as u8;
        let parity = self.bits.take(8)? as u8;
        // It stands before everything else.
        let is_first = self.content.runs.is_empty() && self.content.part.is_none();
        if !is_first || position > last {
            return None;
        }
        self.content.part = Some(Part {
            index: position + 1,
            of: last + 1,
            set: Set::Parity(parity),
        });
        Some(())
    }

    fn fnc1(&mut self) -> Option<()> {
        let is_first = self.content.runs.is_empty() && !self.has_fnc1;
        self.has_fnc1 = true;
        is_first.then_some(())
    }

    /// The application indicator that follows is given as the first characters of the content: two digits or a letter.
    fn fnc1_second(&mut self) -> Option<()> {
        self.fnc1()?;
        let indicator = self.bits.take(8)? as u8;
        self.start_ascii();
        match indicator {
            0..=99 => self
                .content
                .bytes
                .extend([b'0' + indicator / 10, b'0' + indicator % 10]),
            165..=190 | 197..=222 => self.content.bytes.push(indicator - 100),
            _ => return None,
        }
        Some(())
    }
}

/// In symbols with FNC1, % from `start` on is the separator and %% is %.
fn separate(bytes: &mut Vec<u8>, start: usize) {
    let (mut from, mut to) = (start, start);
    while from < bytes.len() {
        let is_percent = bytes[from] == b'%';
        let is_twice = is_percent && bytes.get(from + 1) == Some(&b'%');
        bytes[to] = if is_percent && !is_twice {
            GS
        } else {
            bytes[from]
        };
        from += if is_twice { 2 } else { 1 };
        to += 1;
    }
    bytes.truncate(to);
}
