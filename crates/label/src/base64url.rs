//! The alphabet that both tokens are written in: URL-safe base64 (RFC 4648, section 5) without padding.

/// Characters that 24 bytes become, with no bits left over: every text of this length is a token.
pub(crate) const TOKEN_LENGTH: usize = 32;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Whether a character is of the alphabet.
pub(crate) fn is_in_alphabet(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

/// Whether a text is 32 characters of the alphabet.
pub(crate) fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LENGTH && text.chars().all(is_in_alphabet)
}

/// Appends the 32 characters of 24 bytes. The text is filled in place, so that no copy stays behind.
pub(crate) fn push(text: &mut String, bytes: &[u8; 24]) {
    for &[a, b, c] in bytes.as_chunks::<3>().0 {
        let group = u32::from_be_bytes([0, a, b, c]);
        for shift in [18, 12, 6, 0] {
            let digit = (group >> shift) & 0x3f;
            text.push(char::from(ALPHABET[digit as usize]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_the_published_characters() {
        // Checked with `base64 | tr '+/' '-_'`.
        let rows: [([u8; 24], &str); 3] = [
            ([0x00; 24], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            ([0xff; 24], "________________________________"),
            (
                *b"Man is distinguished, no",
                "TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5v",
            ),
        ];
        for (bytes, expected) in rows {
            let mut text = String::new();
            push(&mut text, &bytes);
            assert_eq!(text, expected);
            assert!(is_token(&text));
        }
    }
}
