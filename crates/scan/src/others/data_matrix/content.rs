//! The data codewords of a Data Matrix code: ISO/IEC 16022:2006, clause 5.2 and annexes B and C.
//!
//! rxing reads them, too, but doubles the text of symbols that state a character set, and takes an FNC1 after four characters
//! for one in first position.

use crate::text::{Coding, Content, Part, Set};

/// What FNC1 is where it is not in first position: the separator of GS1 element strings.
const GS: u8 = 0x1d;

/// Ends C40, Text, X12 and EDIFACT.
const UNLATCH: u8 = 254;

/// What this parser made of the codewords, and whether rxing's text must be the same.
pub(super) struct Parsed {
    pub(super) content: Content,
    /// Whether the symbol states a character set, or is a part: rxing reads these in another way.
    pub(super) is_special: bool,
}

/// `None` if no encoder makes these codewords.
pub(super) fn parse(codewords: &[u8]) -> Option<Parsed> {
    let mut parser = Parser {
        codewords,
        at: 0,
        content: Content::default(),
        coding: Coding::Unstated,
        upper: 0,
        trailer: &[],
        is_special: false,
    };
    while parser.ascii()? {}
    let trailer = parser.trailer;
    trailer.iter().for_each(|&byte| parser.push(byte));
    let is_whole = parser.upper == 0 && !parser.content.bytes.is_empty();
    is_whole.then_some(Parsed {
        content: parser.content,
        is_special: parser.is_special,
    })
}

struct Parser<'a> {
    codewords: &'a [u8],
    at: usize,
    content: Content,
    coding: Coding,
    /// What an upper shift adds to the next character: 128.
    upper: u8,
    /// What a macro puts behind everything.
    trailer: &'static [u8],
    is_special: bool,
}

impl Parser<'_> {
    fn left(&self) -> usize {
        self.codewords.len() - self.at
    }

    fn next(&mut self) -> Option<u8> {
        let codeword = *self.codewords.get(self.at)?;
        self.at += 1;
        Some(codeword)
    }

    /// Adds a character, 0 to 127, with the upper shift that was before it.
    fn push(&mut self, character: u8) {
        // Characters of these modes are bytes of the character set that is stated (clause 5.4.1).
        self.content.start(self.coding);
        self.content.bytes.push(character | self.upper);
        self.upper = 0;
    }

    /// Reads a codeword of ASCII, and what it latches to. False where the message ends.
    fn ascii(&mut self) -> Option<bool> {
        let Some(codeword) = self.next() else {
            return Some(false);
        };
        match codeword {
            1..=128 => self.push(codeword - 1),
            129 => return Some(false),
            130..=229 => {
                self.push(b'0' + (codeword - 130) / 10);
                self.push(b'0' + (codeword - 130) % 10);
            }
            230 => self.triples(&C40)?,
            231 => self.base_256()?,
            232 => self.fnc1(),
            233 => self.part()?,
            // A command for the reader, and no text.
            234 => return None,
            235 => self.upper = 128,
            236 => self.in_macro(b"[)>\x1e05\x1d")?,
            237 => self.in_macro(b"[)>\x1e06\x1d")?,
            238 => self.x12()?,
            239 => self.triples(&TEXT)?,
            240 => self.edifact()?,
            241 => self.eci()?,
            // Some encoders end with one.
            UNLATCH if self.left() == 0 => {}
            _ => return None,
        }
        Some(true)
    }

    /// FNC1 in first position says that these are GS1 element strings; in second position, behind an application
    /// indicator, it stands for nothing (clause 5.2.4.6).
    fn fnc1(&mut self) {
        let place = self.at - if self.content.part.is_some() { 4 } else { 0 };
        match place {
            1 => self.content.gs1 = true,
            2 => {}
            _ => self.push(GS),
        }
    }

    /// Clause 5.6: the place in the sequence and the file's identification.
    fn part(&mut self) -> Option<()> {
        if self.at != 1 {
            return None;
        }
        let place = self.next()?;
        let (index, of) = ((place >> 4) + 1, 17 - (place & 15));
        let file = u16::from_be_bytes([self.next()?, self.next()?]);
        self.is_special = true;
        let set = Set::File(file);
        self.content.part = Some(Part { index, of, set });
        (index <= of && of <= 16).then_some(())
    }

    fn in_macro(&mut self, header: &[u8]) -> Option<()> {
        let is_first = self.at == 1;
        header.iter().for_each(|&byte| self.push(byte));
        self.trailer = b"\x1e\x04";
        is_first.then_some(())
    }

    /// Clause 5.4.1.
    fn eci(&mut self) -> Option<()> {
        let first = u32::from(self.next()?);
        let mut below = || self.next().and_then(|next| u32::from(next).checked_sub(1));
        let number = match first {
            1..=127 => first - 1,
            128..=191 => (first - 128) * 254 + 127 + below()?,
            192..=207 => (first - 192) * 64_516 + 16_383 + below()? * 254 + below()?,
            _ => return None,
        };
        self.coding = Coding::of_eci(number);
        self.is_special = true;
        Some(())
    }

    /// Three values in two codewords. None where there is an unlatch, or one codeword alone, which is ASCII.
    fn triple(&mut self) -> Option<Option<[u8; 3]>> {
        match self.left() {
            0 | 1 => return Some(None),
            _ if self.codewords[self.at] == UNLATCH => {
                self.at += 1;
                return Some(None);
            }
            _ => {}
        }
        let packed = u16::from_be_bytes([self.next()?, self.next()?]).checked_sub(1)?;
        let values = [packed / 1600, packed / 40 % 40, packed % 40];
        (values[0] < 40).then(|| Some(values.map(|value| value as u8)))
    }

    fn triples(&mut self, set: &Letters) -> Option<()> {
        let mut shift = 0;
        while let Some(values) = self.triple()? {
            for value in values {
                shift = self.shifted(set, shift, value)?;
            }
        }
        // What fills the last triple are shifts.
        self.upper = 0;
        Some(())
    }

    /// One value of C40 or Text. Gives the set that the next one is of.
    fn shifted(&mut self, set: &Letters, shift: u8, value: u8) -> Option<u8> {
        match (shift, value) {
            (0, 0..3) => return Some(value + 1),
            (0, 3) => self.push(b' '),
            (0, 4..14) => self.push(b'0' + value - 4),
            (0, _) => self.push(set.first + value - 14),
            (1, 0..32) => self.push(value),
            (2, 0..27) => self.push(SHIFT_2[usize::from(value)]),
            // Behind a latch FNC1 is never in first position.
            (2, 27) => self.push(GS),
            (2, 30) => self.upper = 128,
            (3, 0..32) => self.push(set.third[usize::from(value)]),
            _ => return None,
        }
        Some(0)
    }

    fn x12(&mut self) -> Option<()> {
        while let Some(values) = self.triple()? {
            for value in values {
                self.push(match value {
                    0 => b'\r',
                    1 => b'*',
                    2 => b'>',
                    3 => b' ',
                    4..14 => b'0' + value - 4,
                    _ => b'A' + value - 14,
                });
            }
        }
        Some(())
    }

    /// Four values of six bits in three codewords.
    fn edifact(&mut self) -> Option<()> {
        const END: u8 = 0x1f;
        // Two codewords and fewer at the end are ASCII.
        while self.left() > 2 {
            let start = self.at;
            let packed =
                (0..3).try_fold(0_u32, |sum, _| Some(sum << 8 | u32::from(self.next()?)))?;
            for index in 0..4_usize {
                let value = (packed >> (18 - 6 * index) & 0x3f) as u8;
                if value == END {
                    // ASCII goes on with the next whole codeword.
                    self.at = start + (6 * (index + 1_usize)).div_ceil(8);
                    return Some(());
                }
                self.push(if value < 0x20 { value | 0x40 } else { value });
            }
        }
        Some(())
    }

    fn base_256(&mut self) -> Option<()> {
        let count = match usize::from(self.plain()?) {
            0 => self.left(),
            few @ 1..250 => few,
            many => 250 * (many - 249) + usize::from(self.plain()?),
        };
        self.content.start(self.coding);
        for _ in 0..count {
            let byte = self.plain()?;
            self.content.bytes.push(byte);
        }
        Some(())
    }

    /// The next codeword without the pseudo-random number that is added to it: annex B.2.
    fn plain(&mut self) -> Option<u8> {
        let random = (149 * (self.at + 1) % 255 + 1) as u8;
        Some(self.next()?.wrapping_sub(random))
    }
}

/// What C40 and Text differ in.
struct Letters {
    /// The letter of value 14.
    first: u8,
    /// The characters of the third shift.
    third: &'static [u8; 32],
}

const C40: Letters = Letters {
    first: b'A',
    third: b"`abcdefghijklmnopqrstuvwxyz{|}~\x7f",
};

const TEXT: Letters = Letters {
    first: b'a',
    third: b"`ABCDEFGHIJKLMNOPQRSTUVWXYZ{|}~\x7f",
};

const SHIFT_2: &[u8; 27] = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_";

#[cfg(test)]
mod tests {
    use super::*;

    /// The latch, the length and the bytes, behind so many codewords.
    fn base_256(bytes: &[u8], before: usize) -> Vec<u8> {
        let plain = [bytes.len() as u8].into_iter().chain(bytes.iter().copied());
        let random = |place: usize| (149 * place % 255 + 1) as u8;
        let places = before + 2..;
        let shifted = plain
            .zip(places)
            .map(|(byte, place)| byte.wrapping_add(random(place)));
        [231].into_iter().chain(shifted).collect()
    }

    /// Three values of C40, Text or X12.
    fn packed([a, b, c]: [u16; 3]) -> [u8; 2] {
        (1600 * a + 40 * b + c + 1).to_be_bytes()
    }

    #[test]
    fn every_mode_is_read() {
        let check = |parts: &[&[u8]], expected: &str| {
            let parsed = parse(&parts.concat()).map(|parsed| parsed.content.text().0);
            assert_eq!(parsed.as_deref(), Some(expected), "{parts:?}");
        };
        let abc = packed([14, 15, 16]);
        check(&[b"BCD"], "ABC");
        check(&[&[142, 164, 186, 129, 7]], "123456");
        check(&[&[235, 0x6a]], "é");
        check(&[&[230], &abc], "ABC");
        check(&[&[239], &abc, &[254, 66]], "abcA");
        check(&[&[230], &abc, &[66]], "ABCA");
        // Upper shift, then the third set's first letter: 0x61 and 0x80.
        check(&[&[230], &packed([1, 30, 2]), &packed([1, 14, 14])], "áAA");
        check(&[&[239], &packed([1, 27, 14])], "\u{1d}a");
        check(&[&[238], &packed([0, 3, 14]), &[254, 66]], "\r AA");
        check(&[&[240, 0b0000_0100, 0b0010_0000, 0b1101_1111, 66]], "ABCA");
        check(&[&base_256(b"\xe9\xff", 0)], "éÿ");
        check(&[&base_256("é".as_bytes(), 0)], "é");
        check(&[&[236, 66]], "[)>\u{1e}05\u{1d}A\u{1e}\u{4}");
    }

    #[test]
    fn stated_character_sets_are_honoured() {
        let check = |eci: &[u8], bytes: &[u8], expected: &str| {
            let codewords = [eci, &base_256(bytes, eci.len())].concat();
            let parsed = parse(&codewords).map(|parsed| parsed.content.text().0);
            assert_eq!(parsed.as_deref(), Some(expected));
        };
        check(&[241, 27], "é日".as_bytes(), "é日");
        check(&[241, 4], b"\xc3\xa9", "Ã©");
        check(&[241, 8], b"\xb6", "Ж");
        check(&[241, 21], b"\xb6", "ｶ");
        // 899 and 811799, which are no sets that are known.
        check(&[241, 131, 11], b"\xe9", "é");
        check(&[241, 204, 84, 148], b"\xe9", "é");
    }

    #[test]
    fn fnc1_and_parts_are_told() {
        let check = |codewords: &[u8], bytes: &[u8], gs1: bool, part: Option<(u8, u8)>| {
            let content = parse(codewords).map(|parsed| parsed.content);
            let content = content.expect("these are codewords");
            assert_eq!((&content.bytes[..], content.gs1), (bytes, gs1));
            assert_eq!(content.part.map(|part| (part.index, part.of)), part);
        };
        check(&[232, 131, 66, 232, 67], b"01A\x1dB", true, None);
        check(&[66, 232, 67], b"AB", false, None);
        // rxing takes this one for GS1.
        check(&[66, 67, 68, 232, 69], b"ABC\x1dD", false, None);
        check(&[233, 0x2a, 1, 2, 66], b"A", false, Some((3, 7)));
        check(&[233, 0x0f, 1, 2, 232, 66], b"A", true, Some((1, 2)));
    }

    #[test]
    fn what_no_encoder_makes_is_refused() {
        let rows: &[&[u8]] = &[
            &[],
            &[129],
            &[0],
            &[66, 0],
            &[66, 242],
            &[66, 233, 0x0f, 1, 2],
            &[233, 0x2f, 1, 2, 66],
            &[233, 0, 1, 2, 66],
            &[230, 0, 0, 66],
            &[230, 255, 255],
            &[231, 200],
            &[234, 66],
            &[235],
            &[241],
            &[241, 0],
            &[241, 130, 0],
            &[66, 236],
        ];
        for row in rows {
            assert!(parse(row).is_none(), "{row:?}");
        }
    }
}
