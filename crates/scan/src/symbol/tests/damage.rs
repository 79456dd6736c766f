use proptest::prelude::*;

use super::super::blocks::Blocks;
use super::super::layout::{Layout, side};
use super::super::reed_solomon::Syndromes;
use super::super::{Level, Modules, Payload, Unread, read};
use super::{Bits, LEVELS, Numbers, certain, modules, symbol};

const TEXT: &[u8] = b"damage";

/// How the codewords of a block are damaged: those that the sampling does not notice and those of which it is not sure.
#[derive(Clone, Copy)]
struct Damage {
    unnoticed: usize,
    doubtful: usize,
    /// Whether the doubtful ones have one wrong module each, or several.
    single: bool,
}

/// A symbol of which each block has this damage.
fn damaged(version: u8, level: Level, damage: Damage, numbers: &mut Numbers) -> Modules {
    let data = Bits::default().bytes_in(version, TEXT).ended();
    let whole = symbol(version, level, 3, &data);
    let (blocks, order) = (Blocks::of(version, level), &Layout::of(version).order);
    let side = side(version);
    let mut values: Vec<i8> = (0..side * side)
        .map(|at| whole.at(at % side, at / side))
        .collect();
    for block in 0..blocks.count {
        let bad = numbers.choose(damage.unnoticed + damage.doubtful, blocks.len(block));
        for (number, index) in bad.into_iter().enumerate() {
            let first = blocks.place(block, index) * 8;
            let flips = if damage.single && number >= damage.unnoticed {
                1 << numbers.below(8)
            } else {
                1 + numbers.below(255)
            };
            for bit in (0..8).filter(|bit| flips >> bit & 1 == 1) {
                let [x, y] = order[first + bit].map(usize::from);
                let value = &mut values[y * side + x];
                let confidence = if number < damage.unnoticed {
                    127
                } else {
                    1 + numbers.below(20) as i8
                };
                *value = -value.signum() * confidence;
            }
        }
    }
    Modules::new(side, values).expect("it is as large as before")
}

fn is_text(read: &Result<Payload, Unread>) -> bool {
    read.as_ref()
        .is_ok_and(|payload| payload.content.bytes == TEXT)
}

#[test]
fn errors_up_to_the_capacity_are_corrected() {
    let mut numbers = Numbers(1);
    for version in 1..=40 {
        for level in LEVELS {
            let blocks = Blocks::of(version, level);
            let unnoticed = (blocks.ec - blocks.reserved) / 2;
            let damage = Damage {
                unnoticed,
                doubtful: 0,
                single: false,
            };
            let payload = read(&damaged(version, level, damage, &mut numbers));
            assert!(is_text(&payload), "{version} {level:?}");
            let corrected = payload.map(|payload| payload.corrected);
            assert_eq!(
                corrected,
                Ok(unnoticed * blocks.count),
                "{version} {level:?}"
            );
        }
    }
}

#[test]
fn doubtful_codewords_may_be_nearly_twice_as_many() {
    let mut numbers = Numbers(2);
    for version in [1, 2, 3, 5, 7, 12, 25, 40] {
        for level in LEVELS {
            let budget = Blocks::of(version, level).ec - 3;
            for unnoticed in [0, 1, budget / 4] {
                let doubtful = budget - 2 * unnoticed;
                let damage = Damage {
                    unnoticed,
                    doubtful,
                    single: false,
                };
                let payload = read(&damaged(version, level, damage, &mut numbers));
                assert!(is_text(&payload), "{version} {level:?} {unnoticed}");
            }
        }
    }
}

#[test]
fn four_doubtful_modules_of_a_block_cost_nothing() {
    let mut numbers = Numbers(5);
    for version in [1, 2, 3, 5, 7, 12, 25, 40] {
        for level in LEVELS {
            let blocks = Blocks::of(version, level);
            let damage = Damage {
                unnoticed: (blocks.ec - blocks.reserved) / 2,
                doubtful: 4,
                single: true,
            };
            let payload = read(&damaged(version, level, damage, &mut numbers));
            assert!(is_text(&payload), "{version} {level:?}");
        }
    }
}

#[test]
fn more_errors_than_that_are_never_corrected_into_something_else() {
    let (mut numbers, mut unread) = (Numbers(3), 0);
    for _ in 0..500 {
        let (version, level) = (1 + numbers.below(6) as u8, LEVELS[numbers.below(4)]);
        let blocks = Blocks::of(version, level);
        let unnoticed = (blocks.ec - blocks.reserved) / 2 + 1;
        let damage = Damage {
            unnoticed,
            doubtful: 0,
            single: false,
        };
        let result = read(&damaged(version, level, damage, &mut numbers));
        // Erasing at random hits the errors now and then.
        let is_unread = matches!(result, Err(Unread::Damaged { .. }));
        assert!(is_unread || is_text(&result), "{version} {level:?}");
        unread += usize::from(is_unread);
    }
    assert!(unread > 450, "{unread}");
}

#[test]
fn format_information_bears_one_copy_lost_or_three_errors_in_both() {
    let whole = symbol(2, Level::Q, 6, &Bits::default().bytes(TEXT).ended());
    let check = |what: &str, change: &dyn Fn(usize, usize, i8) -> i8, expected: bool| {
        let changed = modules(25, |x, y| change(x, y, whole.at(x, y)));
        assert_eq!(is_text(&read(&changed)), expected, "{what}");
    };
    let is_first = |x: usize, y: usize| (x == 8 && y < 9) || (y == 8 && x < 9);
    let is_second = |x: usize, y: usize| (x == 8 && y > 16) || (y == 8 && x > 16);
    check("whole", &|_, _, value| value, true);
    check(
        "first lost",
        &|x, y, value| if is_first(x, y) { 0 } else { value },
        true,
    );
    check(
        "second lost",
        &|x, y, value| if is_second(x, y) { 0 } else { value },
        true,
    );
    check(
        "both lost",
        &|x, y, value| {
            if is_first(x, y) || is_second(x, y) {
                0
            } else {
                value
            }
        },
        false,
    );
    check(
        "first wrong but doubtful",
        &|x, y, value| if is_first(x, y) { -value / 2 } else { value },
        true,
    );
    let is_flipped = |x: usize, y: usize| (x == 8 && y < 3) || (y == 8 && x > 21);
    check(
        "three wrong in both",
        &|x, y, value| if is_flipped(x, y) { -value } else { value },
        true,
    );
}

#[test]
fn modules_of_another_version_are_told_by_the_version_information() {
    let (eight, seven) = [8, 7]
        .map(|version| symbol(version, Level::M, 0, &Bits::default().bytes(TEXT).ended()))
        .into();
    let is_told =
        |x: usize, y: usize| (y < 6 && (34..37).contains(&x)) || (x < 6 && (34..37).contains(&y));
    let mixed = modules(45, |x, y| {
        let (there_x, there_y) = if y < 6 { (x + 4, y) } else { (x, y + 4) };
        if is_told(x, y) {
            eight.at(there_x, there_y)
        } else {
            seven.at(x, y)
        }
    });
    assert_eq!(read(&mixed), Err(Unread::Version));
    // Damage alone is no reason to refuse.
    let dark = modules(45, |x, y| {
        if is_told(x, y) {
            certain(true)
        } else {
            seven.at(x, y)
        }
    });
    assert!(is_text(&read(&dark)));
}

proptest! {
    #[test]
    fn solving_finds_the_errors_beside_the_erasures(
        seed in any::<u64>(),
        ec in 4..=30_usize,
        more in 1..100_usize,
        erased in 0..=30_usize,
        slack in 0..4_usize,
    ) {
        let mut numbers = Numbers(seed);
        let length = ec + more;
        let erased = erased.min(ec - slack);
        let errors = numbers.below((ec - slack - erased) / 2 + 1);
        // The word of zeros is a codeword of every code, and the code is linear.
        let mut word = vec![0; length];
        let places = numbers.choose(erased + errors, length);
        for (number, &place) in places.iter().enumerate() {
            // An erased codeword may be right after all.
            let least = usize::from(number >= erased);
            word[place] = (least + numbers.below(256 - least)) as u8;
        }
        let known: Vec<u8> = places[..erased].iter().map(|&place| place as u8).collect();
        let corrections = Syndromes::of(&word, ec).solve(&known, slack).expect("it is within the budget");
        for (place, change) in corrections.iter() {
            word[place] ^= change;
        }
        prop_assert!(word.iter().all(|&codeword| codeword == 0));
    }
}
