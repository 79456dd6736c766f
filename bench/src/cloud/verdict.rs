//! Whether a figure is as good as it has to be.

use std::fmt;

use serde::Serialize;

use crate::table::number;

/// A bound, and whether it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// What the figure has to be at least, or at most.
    bound: Bound,
    /// Whether it is.
    is_kept: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// A figure that must not be less. One that could not be measured is.
pub fn at_least(figure: f64, bound: f64) -> Verdict {
    Verdict {
        bound: Bound::AtLeast(bound),
        is_kept: figure >= bound,
    }
}

/// A figure that must not be more. One that could not be measured is.
pub fn at_most(figure: f64, bound: f64) -> Verdict {
    Verdict {
        bound: Bound::AtMost(bound),
        is_kept: figure <= bound,
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_kept { "PASS" } else { "MISS" };
        match self.bound {
            Bound::AtLeast(bound) => write!(f, "{word} (at least {})", number(bound)),
            Bound::AtMost(bound) => write!(f, "{word} (at most {})", number(bound)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_at_its_bound_is_good_and_none_is_bad() {
        for (verdict, words) in [
            (at_least(2.0, 2.0), "PASS (at least 2.00)"),
            (at_least(1.99, 2.0), "MISS (at least 2.00)"),
            (at_least(f64::NAN, 2.0), "MISS (at least 2.00)"),
            (at_most(1.5, 1.5), "PASS (at most 1.50)"),
            (at_most(1.51, 1.5), "MISS (at most 1.50)"),
            (at_most(f64::NAN, 1.5), "MISS (at most 1.50)"),
        ] {
            assert_eq!(verdict.to_string(), words);
        }
    }
}
