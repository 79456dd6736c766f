//! Code page 437, the character set of the IBM PC: what ECI 0 and 2 state (AIM, "ECI Part 3: Register").

/// The characters of the bytes from 0x80 on, 16 in a row (Unicode's mapping table of IBM PC code page 437).
const UPPER: [&str; 8] = [
    "ÇüéâäàåçêëèïîìÄÅ",
    "ÉæÆôöòûùÿÖÜ¢£¥₧ƒ",
    "áíóúñÑªº¿⌐¬½¼¡«»",
    "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
    "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
    "αßΓπΣσµτΦΘΩδ∞φε∩",
    "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
];

/// Each byte's character. The lower half is ASCII, with its controls.
pub(super) fn text(bytes: &[u8]) -> String {
    let character = |&byte: &u8| match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(index) => {
            let (row, column) = (usize::from(index / 16), usize::from(index % 16));
            let mut row = UPPER[row].chars();
            row.nth(column).expect("each row has 16 characters")
        }
    };
    bytes.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_have_characters() {
        assert!(UPPER.iter().all(|row| row.chars().count() == 16));
        assert_eq!(text(b"A\x82\xb0\xdb\x81\xe1\xff"), "Aé░█üß\u{a0}");
    }
}
