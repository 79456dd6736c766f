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
    let stem: String = text.chars().map(plain).collect();
    if is_device_of_windows(&stem) {
        return format!("{stem}_");
    }
    stem
}

/// Names that no file can have there, whatever its ending (Microsoft, "Naming Files, Paths, and Namespaces").
fn is_device_of_windows(stem: &str) -> bool {
    let upper = stem.to_uppercase();
    let numbered = ["COM", "LPT"]
        .iter()
        .find_map(|name| upper.strip_prefix(name));
    match numbered {
        Some(number) => {
            let mut characters = number.chars();
            characters
                .next()
                .is_some_and(|one| "0123456789¹²³".contains(one))
                && characters.next().is_none()
        }
        None => ["CON", "PRN", "AUX", "NUL"].contains(&upper.as_str()),
    }
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
            ("con", "con_"),
            ("COM1", "COM1_"),
            ("COM10", "COM10"),
            ("Comet", "Comet"),
        ] {
            assert_eq!(stem(text), want);
        }
    }
}
