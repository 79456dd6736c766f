//! The two halves of the photographs: tune on one, check on the other.

use clap::ValueEnum;
use serde::Serialize;

/// Half of the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// To tune on.
    A,
    /// To check on.
    B,
}

impl Half {
    /// The half that a file of this name belongs to, on every machine and for ever.
    ///
    /// Folder and ending are left out, so that a photograph is in the same half at every size.
    pub fn of(file: &str) -> Self {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        // The highest bit depends on every byte; FNV's lowest is the parity of the bytes' lowest.
        if hash(stem) >> 63 == 0 {
            Self::A
        } else {
            Self::B
        }
    }
}

/// A number that belongs to a name, on every machine and for ever.
pub fn hash(name: &str) -> u64 {
    fnv1a(name.as_bytes())
}

/// FNV-1a, 64 bits (draft-eastlake-fnv), and a last mixing step, since the high bits of short names are alike without it.
fn fnv1a(bytes: &[u8]) -> u64 {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photograph_is_in_the_same_half_at_every_size() {
        for number in 0..100 {
            let half = |ending| Half::of(&format!("boof/{number}.{ending}"));
            assert_eq!(half("png"), half("jpg"), "{number}");
        }
    }

    #[test]
    fn the_halves_stay_as_they_are() {
        let check = |file, half| assert_eq!(Half::of(file), half, "{file}");
        check("a/0001.png", Half::A);
        check("a/0002.png", Half::A);
        check("b/0001.png", Half::B);
        check("b/0002.png", Half::B);
    }

    #[test]
    fn the_halves_are_of_much_the_same_size() {
        let a = (0..1000)
            .filter(|number| Half::of(&format!("set-{}/{number:04}.png", number % 7)) == Half::A)
            .count();
        assert!((450..=550).contains(&a), "{a} of 1000");
    }
}
