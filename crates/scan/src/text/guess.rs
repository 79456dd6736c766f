//! Shift-JIS or Windows-1252: which of the two bytes are that are not UTF-8 and of which nobody states a character set.
//!
//! Nearly any two bytes above 0x7f are something in Shift-JIS ("Größe" alone is not), so both readings are weighed by what they
//! would be as writing: each character costs so many bits as it is rare in its place. The costs are estimates of ours, held
//! by the table of cases below.
//!
//! What stays ambiguous, and how it is decided: up to five capitals with accents alone ("ÀÉÎÕ") are such capitals and not
//! half-width katakana; signs in a row that no text has ("±²³") are katakana ("ｱｲｳ").

use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1252};

/// What a reading of bytes that a set does not have costs: more than anything else.
const UNDEFINED: u32 = 25;

/// What the Japanese writing of a symbol that is in part in kanji mode speaks for.
const JAPANESE: u32 = 20;

/// The likelier of the two. `is_japanese` tells that other parts of the symbol are Japanese.
pub(super) fn encoding(bytes: &[u8], is_japanese: bool) -> &'static Encoding {
    let prior = if is_japanese { JAPANESE } else { 0 };
    match japanese(bytes) {
        Some(cost) if cost < latin(bytes) + prior => SHIFT_JIS,
        _ => WINDOWS_1252,
    }
}

/// What ASCII costs in either reading.
fn ascii(byte: u8) -> u32 {
    match byte {
        b' ' => 3,
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => 5,
        0x21..0x7f => 7,
        _ => 12,
    }
}

/// What a character of Windows-1252 is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Lower,
    Upper,
    /// A sign that labels have.
    Sign,
    /// A mark that opens or ends a quotation, or stands in a word.
    Quote,
    Rare,
    Undefined,
    /// Spaces, digits, and what else is ASCII.
    Other,
}

fn kind(byte: u8) -> Kind {
    match byte {
        b'a'..=b'z' | 0x9a | 0x9c | 0x9e | 0xdf..=0xf6 | 0xf8..=0xff => Kind::Lower,
        b'A'..=b'Z' | 0x8a | 0x8c | 0x8e | 0x9f | 0xc0..=0xd6 | 0xd8..=0xde => Kind::Upper,
        0..0x80 => Kind::Other,
        0x81 | 0x8d | 0x8f | 0x90 | 0x9d => Kind::Undefined,
        0x82 | 0x84 | 0x91..=0x94 => Kind::Quote,
        // € … • – — ™ nbsp ¡ £ ¥ § © « ­ ® ° ± ² ³ µ · » ¼ ½ ¾ ¿
        0x80
        | 0x85
        | 0x95
        | 0x96
        | 0x97
        | 0x99
        | 0xa0
        | 0xa1
        | 0xa3
        | 0xa5
        | 0xa7
        | 0xa9
        | 0xab
        | 0xae
        | 0xb0..=0xb3
        | 0xb5
        | 0xb7
        | 0xbb..=0xbf => Kind::Sign,
        _ => Kind::Rare,
    }
}

/// The cost of the bytes as Windows-1252.
fn latin(bytes: &[u8]) -> u32 {
    let at = |index: Option<usize>| index.and_then(|index| bytes.get(index)).copied();
    let is_accented = |byte: Option<u8>| {
        byte.is_some_and(|byte| byte >= 0x80 && matches!(kind(byte), Kind::Lower | Kind::Upper))
    };
    let is_accented_capital =
        |byte: Option<u8>| byte.is_some_and(|byte| byte >= 0x80 && kind(byte) == Kind::Upper);
    let is_letter =
        |byte: Option<u8>| byte.is_some_and(|byte| matches!(kind(byte), Kind::Lower | Kind::Upper));
    let cost = |(index, &byte): (usize, &u8)| {
        let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
        let is_in_word = is_letter(before) || is_letter(after);
        match kind(byte) {
            _ if byte < 0x80 => ascii(byte),
            Kind::Lower if is_in_word => 8,
            Kind::Upper if after.is_some_and(|byte| kind(byte) == Kind::Lower) => 9,
            Kind::Quote if is_in_word => quote(byte, is_letter(before), is_letter(after)),
            // Ÿ: hardly any word has it.
            Kind::Upper if byte == 0x9f => 18,
            Kind::Lower | Kind::Upper if is_in_word => 10,
            Kind::Lower | Kind::Upper => 12,
            Kind::Undefined => UNDEFINED,
            // A sign beside a capital with an accent is rare, and two signs in a row are.
            Kind::Sign if is_accented_capital(before) || is_accented_capital(after) => 14,
            _ if is_accented(before) && is_accented(after) => 14,
            _ if before.is_some_and(|before| before >= 0x80 && !is_letter(Some(before))) => 14,
            Kind::Rare => 15,
            _ => 10,
        }
    };
    let is_double = |byte: &&u8| matches!(byte, 0x84 | 0x93 | 0x94);
    let is_left_open = bytes.iter().filter(is_double).count() % 2 == 1;
    let costs: u32 = bytes.iter().enumerate().map(cost).sum();
    costs + if is_left_open { 8 } else { 0 }
}

/// What a quotation mark costs that has a letter before or after it: little in its place.
fn quote(mark: u8, is_after_letter: bool, is_before_letter: bool) -> u32 {
    let is_in_place = match mark {
        // ’ ends a quotation or stands in a word.
        0x92 => is_after_letter,
        // ” ends one.
        0x94 => !is_before_letter,
        // ‚ and „ begin one.
        0x82 | 0x84 => !is_after_letter,
        // ‘ and “ begin one in English and end one in German.
        _ => is_after_letter != is_before_letter,
    };
    if is_in_place { 7 } else { 14 }
}

/// The cost of the bytes as Shift-JIS. None where they are not Shift-JIS.
fn japanese(bytes: &[u8]) -> Option<u32> {
    let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut cost = 0;
    let mut before = Script::Ascii;
    let mut last = None;
    for character in text.chars() {
        let script = Script::of(character)?;
        cost += match script {
            Script::Ascii => ascii(character as u8),
            Script::Kana | Script::Mark => 5,
            Script::Kanji(rarity) => rarity,
            Script::Narrow => 8,
            Script::Wide => 9,
            Script::Odd => 16,
        };
        let is_new = script.is_narrow() != before.is_narrow() || before == Script::Ascii;
        cost += match script {
            Script::Ascii if before != Script::Ascii && character.is_ascii_lowercase() => 5,
            Script::Ascii => 0,
            // Half-width katakana come in words.
            Script::Narrow if is_new => 10,
            _ if before == Script::Ascii => {
                4 + 5 * u32::from(last.is_some_and(|last: char| last.is_ascii_lowercase()))
            }
            _ => 0,
        };
        (before, last) = (script, Some(character));
    }
    Some(cost)
}

#[derive(Clone, Copy, PartialEq)]
enum Script {
    Ascii,
    Kana,
    /// Punctuation of Japanese.
    Mark,
    /// With what it costs.
    Kanji(u32),
    /// Half-width katakana.
    Narrow,
    /// Full-width digits and letters.
    Wide,
    /// Greek, Cyrillic, lines and signs.
    Odd,
}

impl Script {
    fn is_narrow(self) -> bool {
        self == Self::Narrow
    }

    /// None for what no Japanese text has.
    fn of(character: char) -> Option<Self> {
        Some(match character {
            '\0'..='\x7f' => Self::Ascii,
            // The byte 0x80, which is no character.
            '\u{80}' | '\u{e000}'..='\u{f8ff}' => return None,
            '\u{3041}'..='\u{30fe}' => Self::Kana,
            '、' | '。' | '「' | '」' | '（' | '）' | '　' => Self::Mark,
            '\u{ff61}'..='\u{ff9f}' => Self::Narrow,
            '\u{ff01}'..='\u{ff5e}' => Self::Wide,
            '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '々' => {
                Self::Kanji(rarity(character))
            }
            _ => Self::Odd,
        })
    }
}

/// Kanji of JIS X 0208's first level (rows 16 to 47: lead bytes up to 0x98 with trail bytes below 0x9f) are those in use.
fn rarity(kanji: char) -> u32 {
    let mut buffer = [0; 4];
    let (bytes, ..) = SHIFT_JIS.encode(kanji.encode_utf8(&mut buffer));
    match *bytes {
        [lead, trail] if u16::from_be_bytes([lead, trail]) <= 0x9872 => 11,
        _ => 18,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let check = |texts: &[&str], encoding: &'static Encoding, is_japanese: bool| {
            for text in texts {
                let (bytes, ..) = encoding.encode(text);
                assert!(std::str::from_utf8(&bytes).is_err(), "{text}");
                let guessed = super::encoding(&bytes, is_japanese);
                assert_eq!(guessed.name(), encoding.name(), "{text}");
            }
        };
        #[rustfmt::skip]
        check(&[
            "Größe Äpfel ñ", "ÀÉÎÕ", "ÀÉÎÕÜ", "ÄÖÜ", "ÄÖÜß", "äöü", "äö", "É", "é", "ß", "Ñ", "ÉCOLE", "MÜLLER", "SÃO PAULO",
            "20°C ±5µm ½", "¥100 ©®", "© 2026", "25 °C", "±5 %", "10 µA", "½", "µ", "§ 5", "«¡Hola!» ¿Qué?", "ÅSE", "Ørsted",
            "“quoted” – text’s", "„Größe“ – “x”", "€€", "€", "5 €", "a — b … c", "don’t", "don’t € 5", "l’été", "réel", "fête",
            "naïve", "cœur", "Œuvre", "Škoda", "Žižek", "café", "Ängelholm", "Łódź is not of it, ó is", "São", "Ação", "crème brûlée",
            "Straße 7", "Señor Núñez", "Ærø", "Þór", "Árvíztűrő is not of it, á is", "Nº 5", "1ª", "Kühlgerät",
            "CAFÉ ®", "«Été»", "¡Única!", "± Å", "10–20 °C", "5 m³/h", "3 × 4", "‚so‘", "‹x›", "Handover™", "• Punkt", "5 ‰", "a–b",
            "GERÄT ÜBERPRÜFT", "ØL", "WIFI:S:Café;T:WPA;P:naïve;;",
        ], WINDOWS_1252, false);
        #[rustfmt::skip]
        check(&[
            "東", "車", "水", "が", "日本語", "日本語 5", "こんにちは世界", "東京 station", "SN-東", "ｱｲｳ", "ｱｲｳｴ", "型番ABC-123ｶﾅ", "ｶﾒﾗ",
            "ｶﾒﾗｶﾒﾗ", "テスト", "モバイル", "製造番号：123", "東京都", "温度", "ｼﾘｱﾙ", "ﾃｽﾄ", "電源", "（株）", "品番 X-1", "株式会社", "はい",
            "電池", "単３", "猫", "鬱", "ﾊﾞﾃﾘｰ", "ｵﾝﾄﾞ", "ｶﾅ123", "ABCｶﾅ", "①", "㈱", "定格電圧 AC100V 50/60Hz", "SSID：家",
        ], SHIFT_JIS, false);
        // A symbol of which another part is in kanji mode.
        check(&["ｶ", "ｶﾅ", "が"], SHIFT_JIS, true);
        check(&["abcé", "Größe", "é"], WINDOWS_1252, true);
    }
}
