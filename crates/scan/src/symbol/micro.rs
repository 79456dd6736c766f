//! Micro QR codes M2 to M4: ISO/IEC 18004:2015. M1 only detects errors and is not read.

use super::format::with_check_bits;
use super::layout::is_masked;
use super::reed_solomon::Syndromes;
use super::segments;
use crate::text::Content;

/// What the format information is combined with: clause 7.9.2.
const FORMAT_MASK: u16 = 0x4445;

/// More wrong bits of the format information are not corrected: its words differ in seven.
const MOST_WRONG: u32 = 3;

/// Its four masks among those of QR codes: table 10.
const MASKS: [u8; 4] = [1, 4, 6, 7];

/// A version with its error correction: table 9.
#[derive(Clone, Copy)]
struct Kind {
    version: u8,
    /// Codewords of data. The last one of M3 has four bits.
    data: usize,
    /// Codewords for error correction.
    ec: usize,
    /// Those of them that are kept for noticing that a correction would be wrong.
    reserved: usize,
}

/// By symbol number, from 1 on: table 13.
const KINDS: [Kind; 7] = [
    Kind::new(2, 5, 5, 3),
    Kind::new(2, 4, 6, 2),
    Kind::new(3, 11, 6, 2),
    Kind::new(3, 9, 8, 0),
    Kind::new(4, 16, 8, 2),
    Kind::new(4, 14, 10, 0),
    Kind::new(4, 10, 14, 0),
];

impl Kind {
    const fn new(version: u8, data: usize, ec: usize, reserved: usize) -> Self {
        Self {
            version,
            data,
            ec,
            reserved,
        }
    }

    fn side(self) -> usize {
        9 + 2 * usize::from(self.version)
    }

    /// Whether the last codeword of data has four bits.
    fn has_half(self) -> bool {
        self.version == 3
    }
}

/// The content of the symbol with so many modules on a side, or of its mirror image: `is_dark` is asked for column and row.
pub(crate) fn read(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> Option<Content> {
    let straight = |x, y| is_dark(x, y);
    let mirrored = |x, y| is_dark(y, x);
    let ways: [&dyn Fn(usize, usize) -> bool; 2] = [&straight, &mirrored];
    let formats = ways.into_iter().filter_map(|way| {
        let (wrong, kind, mask) = format(side, way)?;
        Some((wrong, kind, mask, way))
    });
    let (_, kind, mask, way) = formats.min_by_key(|(wrong, ..)| *wrong)?;
    let mut codewords = corrected(kind, codewords(kind, mask, way))?;
    codewords.truncate(kind.data);
    let bits = kind.data * 8 - if kind.has_half() { 4 } else { 0 };
    let content = segments::parse_micro(&codewords, bits, kind.version)?;
    (!content.bytes.is_empty()).then_some(content)
}

/// Without errors, and with the bits of half a codeword in front. Programs that make such symbols differ about the number
/// that it is for the error correction: its four bits alone, or with four zeros after them. What neither makes is no symbol.
fn corrected(kind: Kind, codewords: Vec<u8>) -> Option<Vec<u8>> {
    if !kind.has_half() {
        let mut whole = codewords;
        correct(kind, &mut whole)?;
        return Some(whole);
    }
    let half = kind.data - 1;
    let mut alone = codewords.clone();
    if correct(kind, &mut alone).is_some() && alone[half] < 16 {
        alone[half] <<= 4;
        return Some(alone);
    }
    let mut before_zeros = codewords;
    before_zeros[half] <<= 4;
    correct(kind, &mut before_zeros)?;
    (before_zeros[half] & 0x0F == 0).then_some(before_zeros)
}

/// The nearest format of a symbol of this side: how many bits are wrong, the kind and the mask.
fn format(side: usize, is_dark: &dyn Fn(usize, usize) -> bool) -> Option<(u32, Kind, u8)> {
    let places = (1..9).map(|x| (x, 8)).chain((1..8).rev().map(|y| (8, y)));
    let word = places.fold(0_u16, |word, (x, y)| word << 1 | u16::from(is_dark(x, y)));
    let numbered = (1..).zip(KINDS).filter(|(_, kind)| kind.side() == side);
    let known = numbered.flat_map(|(number, kind)| {
        (0..MASKS.len()).map(move |mask| {
            let expected = with_check_bits(number << 2 | mask as u32, 10, 0x537) as u16;
            (
                (word ^ expected ^ FORMAT_MASK).count_ones(),
                kind,
                MASKS[mask],
            )
        })
    });
    let nearest = known.min_by_key(|(wrong, ..)| *wrong);
    nearest.filter(|(wrong, ..)| *wrong <= MOST_WRONG)
}

/// The codewords as they stand in the symbol: two columns at a time from the right, up and down in turns.
fn codewords(kind: Kind, mask: u8, is_dark: &dyn Fn(usize, usize) -> bool) -> Vec<u8> {
    let side = kind.side();
    let mut codewords = Vec::with_capacity(kind.data + kind.ec);
    let (mut codeword, mut count) = (0_u8, 0);
    for (turn, right) in (2..side).rev().step_by(2).enumerate() {
        for row in 0..side {
            let y = if turn % 2 == 0 { side - 1 - row } else { row };
            for x in [right, right - 1] {
                if y == 0 || (x < 9 && y < 9) {
                    continue;
                }
                codeword =
                    codeword << 1 | u8::from(is_dark(x, y) != is_masked(mask, [x as u8, y as u8]));
                count += 1;
                let is_half = kind.has_half() && codewords.len() == kind.data - 1;
                if count == if is_half { 4 } else { 8 } {
                    codewords.push(std::mem::take(&mut codeword));
                    count = 0;
                }
            }
        }
    }
    codewords
}

fn correct(kind: Kind, codewords: &mut [u8]) -> Option<()> {
    let syndromes = Syndromes::of(codewords, kind.ec);
    if syndromes.are_zero() {
        return Some(());
    }
    let corrections = syndromes.solve(&[], kind.reserved)?;
    for (index, change) in corrections.iter() {
        codewords[index] ^= change;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The symbol whose rows are these numbers, in hexadecimal.
    fn rows(symbol: &str) -> Vec<u32> {
        let row = |digits| u32::from_str_radix(digits, 16).expect("it is a number");
        symbol.split(' ').map(row).collect()
    }

    fn read_rows(rows: &[u32], is_mirrored: bool) -> Option<String> {
        let side = rows.len();
        let content = read(side, |x, y| {
            let (x, y) = if is_mirrored { (y, x) } else { (x, y) };
            rows[y] >> (side - 1 - x) & 1 == 1
        });
        content.map(|content| content.text().0)
    }

    #[test]
    fn symbols_of_another_encoder_are_read_whole_mirrored_and_damaged() {
        let check = |text: &str, symbol: &str| {
            let mut rows = rows(symbol);
            assert_eq!(read_rows(&rows, false).as_deref(), Some(text));
            assert_eq!(read_rows(&rows, true).as_deref(), Some(text));
            // One codeword, and one bit of the format information.
            *rows.last_mut().expect("it has rows") ^= 3;
            rows[8] ^= 1 << (rows.len() - 3);
            assert_eq!(read_rows(&rows, false).as_deref(), Some(text));
        };
        check(
            "A1B2",
            "1fd5 1046 1754 1749 1753 1041 1fc3 16 1d1a 7e9 1aed 2d8 18a6",
        );
        check(
            "hello",
            "7f55 4164 5d21 5d3e 5d49 4105 7f61 4e 41eb 274a 7039 47a 70c5 2785 65b9",
        );
        check(
            "漢",
            "7f55 4157 5d08 5d18 5d47 4107 7f7b 4b 41c4 3f87 7cfb 5fa 6186 2b47 6d7b",
        );
        // Two that fill the half codeword.
        check(
            "12345678901234567890127",
            "7f55 4136 5d2f 5d26 5d6a 4157 7f7e 42 7b04 fe7 5b8f 3405 78d8 32ed 6a8f",
        );
        check(
            "139989341490068369",
            "7f55 4105 5d6a 5d67 5d4a 4167 7f00 6e 4365 3518 49fd 10d0 7f89 e91 553b",
        );
        check(
            "漢字",
            "1fd55 105c2 1756c 17490 1746f 104f2 1fd4d 1c3 1692c 636f 196bb faaf 1ea7d 7a00 106c5 e51 13f85",
        );
        check(
            "点熙漢字",
            "1fd55 1042d 1749b 1756d 174fd 10543 1fc3c 16c 16327 3d56 1ded2 11b1 12e63 5254 1bda2 e6e2 13a5e",
        );
        check(
            "hello-World9",
            "1fd55 10414 1753c 17508 17414 1047b 1fdc9 101 15ef5 e8c5 17573 ae8c 11d55 6ce4 1aca0 6e4d 1ba98",
        );
    }

    #[test]
    fn more_damage_is_no_symbol() {
        let mut rows = rows("1fd5 1046 1754 1749 1753 1041 1fc3 16 1d1a 7e9 1aed 2d8 18a6");
        rows[12] ^= 0xff;
        rows[10] ^= 0xff;
        rows[5] ^= 0xf;
        assert_eq!(read_rows(&rows, false), None);
        assert_eq!(read_rows(&[0; 11], false), None);
    }
}
