//! The tree of organizations.

/// Levels of the tree, the maker's own organization being the first (published).
pub const LEVELS: i64 = 4;

/// The tree is as deep as it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("organizations are {LEVELS} levels deep at the most")]
pub struct TooDeep;

/// The level of what is put below an organization of this level, from 1 on.
pub fn level_below(level: i64) -> Result<i64, TooDeep> {
    if level < LEVELS {
        Ok(level + 1)
    } else {
        Err(TooDeep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_levels_and_no_more() {
        for (level, want) in [(1, Ok(2)), (3, Ok(4)), (4, Err(TooDeep)), (9, Err(TooDeep))] {
            assert_eq!(level_below(level), want, "{level}");
        }
    }
}
