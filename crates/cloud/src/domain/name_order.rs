//! The order of names as people expect it, in a text whose bytes have that order: decided here, once, since databases
//! differ about it.

use unicode_normalization::UnicodeNormalization as _;

/// What a name is sorted by, byte for byte: in lower case, letters without their marks ("Ärger" beside "Arger"), and numbers
/// by their value ("Pump 2" before "Pump 10"). Names that are alike in that have no order among each other.
pub fn in_order(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 4);
    let mut number = String::new();
    for character in name.to_lowercase().nfkd() {
        match character {
            '0'..='9' => {
                number.push(character);
                continue;
            }
            // Marks of Latin, Greek and Cyrillic letters; other scripts' are letters of their own to whoever reads them.
            '\u{300}'..='\u{36f}' => continue,
            _ => {}
        }
        end_number(&mut number, &mut key);
        match character {
            'ß' => key.push_str("ss"),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            'ø' => key.push('o'),
            'ł' => key.push('l'),
            'đ' => key.push('d'),
            'ı' => key.push('i'),
            other => key.push(other),
        }
    }
    end_number(&mut number, &mut key);
    key
}

/// Writes a number: how many digits it has, and those. It begins with a zero, so that numbers stand where digits do.
fn end_number(number: &mut String, key: &mut String) {
    if number.is_empty() {
        return;
    }
    let digits = number.trim_start_matches('0');
    // A name has 50 characters at most, of which one may stand for a few digits; what is longer is as long as that.
    let length = u8::try_from(digits.len()).map_or(60, |length| length.min(60));
    key.push('0');
    key.push(char::from(b'A' + length));
    key.push_str(digits);
    number.clear();
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::*;

    #[test]
    fn names_have_the_order_that_people_expect() {
        let ordered = [
            "1",
            "2 Pumps",
            "10",
            "a 1",
            "Äpfel",
            "apfelbaum",
            "Bar",
            "Ørsted 1",
            "pump",
            "Pump 2",
            "pump 2b",
            "Pump 09",
            "PUMP 10",
            "pump 10 a",
            "pump 99999999999999999999",
            "pump-1",
            "pumpe",
            "Straße",
            "strassf",
            "яблоко",
            "水泵 3",
            "水泵 12",
        ];
        let mut sorted = ordered;
        sorted.sort_by_key(|name| in_order(name));
        assert_eq!(sorted, ordered);
        assert_eq!(in_order("Ørsted"), "orsted");
    }

    #[test]
    fn what_differs_in_marks_and_zeros_alone_has_one_place() {
        for (one, other) in [
            ("PUMP 007", "pump 7"),
            ("Ärger", "arger"),
            ("A\u{308}rger", "Ärger"),
            ("0", "000"),
        ] {
            assert_eq!(
                in_order(one).cmp(&in_order(other)),
                Ordering::Equal,
                "{one}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn numbers_go_by_their_value(one: u64, other: u64, zeros in 0_usize..4) {
            let key = |number: u64| in_order(&format!("Pump {}{number} b", "0".repeat(zeros)));
            let expected = one.cmp(&other);
            let plain = in_order(&format!("Pump {other} b"));
            proptest::prop_assert_eq!(key(one).cmp(&plain), expected);
        }
    }
}
