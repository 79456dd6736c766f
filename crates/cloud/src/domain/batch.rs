//! What the tokens of a batch are called.

use super::without_separators;

/// Tokens in a batch at the most.
pub const MOST_TOKENS: u32 = 100_000;

/// What a label is called: the batch's name and a running number, as wide as the batch's largest.
pub fn label(batch: &str, number: i64, count: i64) -> String {
    let width = count.to_string().len();
    format!("{batch} {number:0width$}")
}

/// What a label is searched by, in lower case: what it is called, its identifier and name, and the numbers in its metadata, such
/// as a serial number, as they are and without what people put between their digits; each in a line of its own.
pub fn sought_by<'a>(
    label: &str,
    own: [Option<&str>; 2],
    metadata: impl Iterator<Item = &'a String>,
) -> String {
    let mut sought = label.to_lowercase();
    let mut add = |text: &str| {
        sought.push('\n');
        sought.push_str(&text.to_lowercase());
    };
    own.into_iter().flatten().for_each(&mut add);
    let mut has_numbers = false;
    for value in metadata {
        let number = without_separators(value);
        if !is_number(&number) {
            continue;
        }
        has_numbers = true;
        add(value);
        if number.to_lowercase() != value.to_lowercase() {
            add(&number);
        }
    }
    if has_numbers {
        sought.push('\n');
    }
    sought
}

/// Whether what stands in metadata can be a number that something is looked for by.
fn is_number(text: &str) -> bool {
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    has_digit && (3..=64).contains(&text.chars().count())
}

/// Numbers as people write them down: those that follow each other by the first and the last: `1-3, 7`.
pub fn as_people_write(mut numbers: Vec<i64>) -> String {
    numbers.sort_unstable();
    let mut all: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match all.last_mut() {
            Some((_, last)) if number <= *last + 1 => *last = number,
            _ => all.push((number, number)),
        }
    }
    let words = all.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    words.collect::<Vec<_>>().join(", ")
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
    fn labels_are_searched_by_what_people_know_of_them() {
        let values = ["SN-77:1 2", "blue", "4711", "X1"].map(str::to_owned);
        for (own, values, want) in [
            ([None, None], &values[..0], "line 1"),
            (
                [Some("A1"), Some("Pump")],
                &values[1..2],
                "line 1\na1\npump",
            ),
            (
                [None, Some("Pump")],
                &values[..],
                "line 1\npump\nsn-77:1 2\nsn7712\n4711\n",
            ),
        ] {
            assert_eq!(sought_by("Line 1", own, values.iter()), want);
        }
    }

    #[test]
    fn numbers_that_follow_each_other_are_written_as_one() {
        for (numbers, want) in [
            (vec![], ""),
            (vec![7], "7"),
            (vec![3, 1, 2, 7], "1-3, 7"),
            (vec![2, 2, 4, 5], "2, 4-5"),
            ((1..=500).collect(), "1-500"),
        ] {
            assert_eq!(as_people_write(numbers), want);
        }
    }

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
