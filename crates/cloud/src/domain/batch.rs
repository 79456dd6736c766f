//! What the tokens of a batch are called.

/// Tokens in a batch at the most.
pub const MOST_TOKENS: u32 = 100_000;

/// What a label is called: the batch's name and a running number, as wide as the batch's largest.
pub fn label(batch: &str, number: i64, count: i64) -> String {
    let width = count.to_string().len();
    format!("{batch} {number:0width$}")
}

/// A text as the stem of a file's name, on every system: letters and digits of any script, `-`, `_`.
pub fn stem(text: &str) -> String {
    let plain = |character: char| match character {
        '-' | '_' => character,
        character if character.is_alphanumeric() => character,
        _ => '-',
    };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_a_batch_sort_as_they_count() {
        for (number, count, want) in [
            (7, 12, "Spring 07"),
            (7, 9, "Spring 7"),
            (42, 100_000, "Spring 000042"),
            (100_000, 100_000, "Spring 100000"),
        ] {
            assert_eq!(label("Spring", number, count), want);
        }
    }

    #[test]
    fn stems_lead_nowhere() {
        for (text, want) in [
            ("Spring 07", "Spring-07"),
            ("../etc/passwd", "---etc-passwd"),
            ("C:\\x", "C--x"),
            ("Größe_1", "Größe_1"),
            ("", ""),
        ] {
            assert_eq!(stem(text), want);
        }
    }
}
