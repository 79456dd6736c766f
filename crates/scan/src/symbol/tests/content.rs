use super::super::{Level, Payload, Unread, read};
use super::{Bits, symbol};
use crate::text::{Fidelity, Part, Set};

fn read_bits(bits: Bits) -> Result<Payload, Unread> {
    read(&symbol(6, Level::L, 2, &bits.ended()))
}

fn check(bits: Bits, bytes: &[u8], text: &str) {
    let payload = read_bits(bits).unwrap_or_else(|why| panic!("{text}: {why:?}"));
    assert_eq!(payload.content.bytes, bytes, "{text}");
    assert_eq!(payload.content.text().0, text);
}

fn eci(number: u32) -> Bits {
    match number {
        ..128 => Bits::default().and(7, 4).and(number, 8),
        128..16384 => Bits::default().and(7, 4).and(0b10, 2).and(number, 14),
        _ => Bits::default().and(7, 4).and(0b110, 3).and(number, 21),
    }
}

#[test]
fn bytes_without_a_stated_character_set_are_what_they_look_like() {
    let check = |bytes: &[u8], text: &str| check(Bits::default().bytes(bytes), bytes, text);
    check(b"plain", "plain");
    check("Größe 5 µm · 日本".as_bytes(), "Größe 5 µm · 日本");
    check(b"\xef\xbb\xbfmarked", "\u{feff}marked");
    check(b"Gr\xf6\xdfe 5 \xb5m", "Größe 5 µm");
    check(b"\xc4\xd6\xdc caf\xe9", "ÄÖÜ café");
    // Printers' software that says ISO 8859-1 and means Windows-1252.
    check(b"don\x92t \x80 5", "don’t € 5");
    check(b"\x93\xfa\x96\x7b\x8c\xea 5", "日本語 5");
    check(b"\xb6\xd2\xd7\xb6\xd2\xd7", "ｶﾒﾗｶﾒﾗ");
}

#[test]
fn stated_character_sets_are_honoured() {
    let check =
        |number: u32, bytes: &[u8], text: &str| check(eci(number).bytes(bytes), bytes, text);
    check(0, b"\x82\x81", "éü");
    check(2, b"\x82\xb0\xdb\x81", "é░█ü");
    check(3, b"\xc3\xa9\x80", "Ã©\u{80}");
    check(4, b"\xb1", "ą");
    check(7, b"\xb6", "Ж");
    check(11, b"\xfd", "ı");
    check(17, b"\xa4", "€");
    check(20, b"\xb6", "ｶ");
    check(22, b"\xc6", "Ж");
    check(25, b"\x65\xe5", "日");
    check(26, "é".as_bytes(), "é");
    check(27, b"A", "A");
    check(28, b"\xa4\xe9", "日");
    check(29, b"\xc8\xd5", "日");
    check(30, b"\xc7\xd1", "한");
    check(34, b"\0\0\0a\0\0\x65\xe5", "a日");
    check(35, b"a\0\0\0\xe5\x65\0\0", "a日");
    // Nothing that anybody knows.
    check(200, "é".as_bytes(), "é");
    check(123_456, b"\xe9", "é");
}

#[test]
fn how_sure_a_text_is_comes_with_it() {
    let check = |bits: Bits, expected: Fidelity| {
        let payload = read_bits(bits).expect("it is without damage");
        assert_eq!(payload.content.text().1, expected);
    };
    check(Bits::default().bytes("é".as_bytes()), Fidelity::Sure);
    check(eci(3).bytes(b"\xe9"), Fidelity::Sure);
    check(Bits::default().bytes(b"\xe9"), Fidelity::Guessed);
    check(eci(200).bytes(b"plain"), Fidelity::UnknownSet);
    check(eci(26).bytes(b"\xe9"), Fidelity::Broken);
    check(eci(34).bytes(b"abc"), Fidelity::Broken);
    check(eci(27).bytes(b"\xe9"), Fidelity::Broken);
}

#[test]
fn character_sets_hold_until_the_next_one() {
    let mut bits = eci(3).bytes(b"\xc3\xa9").0;
    bits.extend(eci(26).bytes(b"\xc3\xa9").0);
    bits.extend(Bits::default().and(1, 4).and(2, 10).and(42, 7).0);
    check(Bits(bits), b"\xc3\xa9\xc3\xa942", "Ã©é42");
}

#[test]
fn kanji_and_hanzi_are_read() {
    // The example of ISO/IEC 18004, clause 7.4.6.
    let kanji = Bits::default()
        .and(8, 4)
        .and(2, 8)
        .and(0x0d9f, 13)
        .and(0x1aaa, 13);
    check(kanji.clone(), b"\x93\x5f\xe4\xaa", "点茗");
    // Bytes beside kanji are of the same set.
    check(
        kanji.clone().bytes(b"\xb6"),
        b"\x93\x5f\xe4\xaa\xb6",
        "点茗ｶ",
    );
    // But only if they are.
    check(
        kanji.bytes(b"abc\xe9"),
        b"\x93\x5f\xe4\xaaabc\xe9",
        "点茗abcé",
    );
    let packed = (0xc8 - 0xa6) * 0x60 + 0xd5 - 0xa1;
    let hanzi = Bits::default()
        .and(13, 4)
        .and(1, 4)
        .and(1, 8)
        .and(packed, 13);
    check(hanzi, b"\xc8\xd5", "日");
}

#[test]
fn fnc1_makes_separators_of_percent_signs() {
    let alphanumeric = |bits: Bits, text: &str| {
        let number = |c: char| {
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
                .find(c)
                .expect("it is one") as u32
        };
        let numbers: Vec<u32> = text.chars().map(number).collect();
        let start = bits.and(2, 4).and(numbers.len() as u32, 9);
        numbers.chunks(2).fold(start, |bits, pair| match *pair {
            [a, b] => bits.and(a * 45 + b, 11),
            _ => bits.and(pair[0], 6),
        })
    };
    let plain = Bits::default();
    let first = Bits::default().and(5, 4);
    let second = Bits::default().and(9, 4);
    check(alphanumeric(plain, "10%21%%A%"), b"10%21%%A%", "10%21%%A%");
    check(
        alphanumeric(first.clone(), "10%21%%A%"),
        b"10\x1d21%A\x1d",
        "10\u{1d}21%A\u{1d}",
    );
    check(
        alphanumeric(second.clone().and(37, 8), "A%"),
        b"37A\x1d",
        "37A\u{1d}",
    );
    check(alphanumeric(second.and(165, 8), "A"), b"AA", "AA");
    let is_gs1 = |bits| read_bits(bits).map(|payload| payload.content.gs1);
    assert_eq!(is_gs1(alphanumeric(first, "0101")), Ok(true));
    assert_eq!(is_gs1(alphanumeric(Bits::default(), "0101")), Ok(false));
}

#[test]
fn a_sequence_is_told() {
    let part = |position, last| {
        let start = Bits::default().and(3, 4).and(position, 4).and(last, 4);
        read_bits(start.and(0xa5, 8).bytes(b"part")).map(|payload| payload.content.part)
    };
    let expected = Part {
        index: 3,
        of: 4,
        set: Set::Parity(0xa5),
    };
    assert_eq!(part(2, 3), Ok(Some(expected)));
    assert_eq!(part(4, 3), Err(Unread::Content));
    assert_eq!(
        read_bits(Bits::default().bytes(b"whole")).map(|payload| payload.content.part),
        Ok(None)
    );
}

#[test]
fn what_no_encoder_makes_is_refused() {
    let check =
        |what: &str, bits: Bits| assert_eq!(read_bits(bits), Err(Unread::Content), "{what}");
    let bits = Bits::default;
    check("nothing", bits());
    check("mode 6", bits().and(6, 4));
    check("more bytes than there are", bits().and(4, 4).and(255, 8));
    check(
        "1000 in three digits",
        bits().and(1, 4).and(3, 10).and(1000, 10),
    );
    check("100 in two digits", bits().and(1, 4).and(2, 10).and(100, 7));
    check("10 in one digit", bits().and(1, 4).and(1, 10).and(10, 4));
    check("a pair of 2025", bits().and(2, 4).and(2, 9).and(2025, 11));
    check("a character of 45", bits().and(2, 4).and(1, 9).and(45, 6));
    check(
        "kanji with trail byte fd",
        bits().and(8, 4).and(1, 8).and(0xbd, 13),
    );
    check(
        "kanji with trail byte 7f",
        bits().and(8, 4).and(1, 8).and(0x3f, 13),
    );
    check(
        "hanzi of another subset",
        bits().and(13, 4).and(2, 4).and(1, 8).and(0, 13),
    );
    check(
        "an ECI of four bytes",
        bits().and(7, 4).and(0xf0, 8).bytes(b"a"),
    );
    check("FNC1 after data", bits().bytes(b"a").and(5, 4));
    check(
        "a sequence after data",
        bits().bytes(b"a").and(3, 4).and(0x01, 8).and(0, 8),
    );
    check(
        "an unknown application",
        bits().and(9, 4).and(120, 8).bytes(b"a"),
    );
}

#[test]
fn a_full_symbol_needs_no_terminator() {
    // 19 data codewords: 12 bits for the mode and the count, 17 bytes, and 4 bits are left for the terminator.
    let full = |bytes: &[u8]| {
        read(&symbol(
            1,
            Level::L,
            0,
            &Bits::default().bytes(bytes).ended()[..19],
        ))
    };
    assert!(full(&[b'a'; 17]).is_ok_and(|payload| payload.content.text().0 == "a".repeat(17)));
    // 41 digits are 10 for each three and 7 for the last two: 14 + 130 + 7 bits, one less than there are.
    let digits = (0..13).fold(Bits::default().and(1, 4).and(41, 10), |bits, _| {
        bits.and(123, 10)
    });
    let data = &digits.and(45, 7).ended()[..19];
    let payload = read(&symbol(1, Level::L, 0, data));
    assert!(payload.is_ok_and(|payload| payload.content.text().0 == "123".repeat(13) + "45"));
}

#[test]
fn other_padding_is_believed_where_nothing_had_to_be_erased() {
    let mut data = Bits::default().bytes(b"zeros").ended();
    data.resize(136, 0);
    let payload = read(&symbol(6, Level::L, 2, &data));
    assert!(payload.is_ok_and(|payload| payload.content.text().0 == "zeros"));
}
