use proptest::prelude::*;

use super::super::layout::{fixed, side};
use super::super::{Modules, read, segments};
use super::{Numbers, certain, modules};

/// Modules without meaning, but with all that a version has of its own.
fn noise(numbers: &mut Numbers) -> Modules {
    let version = 1 + numbers.below(10) as u8;
    let side = side(version);
    let values: Vec<i8> = (0..side * side).map(|_| numbers.next() as i8).collect();
    modules(side, |x, y| {
        fixed(version, x, y).map_or(values[y * side + x], certain)
    })
}

#[test]
fn noise_is_never_read() {
    let mut numbers = Numbers(4);
    for _ in 0..2000 {
        assert!(read(&noise(&mut numbers)).is_err());
    }
}

#[test]
fn modules_that_are_all_the_same_are_never_read() {
    for version in 1..=40 {
        for value in [i8::MIN, -1, 0, 1, i8::MAX] {
            assert!(
                read(&modules(side(version), |_, _| value)).is_err(),
                "{version} {value}"
            );
        }
    }
}

proptest! {
    #[test]
    fn whatever_the_values_reading_ends(values in prop::collection::vec(any::<i8>(), 45 * 45)) {
        // The outcome is the other test's matter.
        let _ = read(&Modules::new(45, values).expect("it is version 7"));
    }

    #[test]
    fn whatever_the_codewords_parsing_ends(data in prop::collection::vec(any::<u8>(), 0..200), version in 1..=40_u8) {
        if let Some(content) = segments::parse(&data, version) {
            let _ = content.content.text();
        }
    }

    #[test]
    fn only_sides_of_versions_make_modules(side in 0..200_usize, more in 0..2_usize) {
        let is_a_version = (1..=40).any(|version| 17 + 4 * version == side);
        let modules = Modules::new(side, vec![0; side * side + more]);
        prop_assert_eq!(modules.is_some(), is_a_version && more == 0);
    }
}
