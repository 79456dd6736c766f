//! Figures of a row of times.

use serde::Serialize;

/// What is said about the times of one decoder over many pictures, all in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Times {
    /// The middle one, or the mean of the two in the middle.
    pub median: f64,
    /// The arithmetic mean.
    pub mean: f64,
    /// The 95th percentile by nearest rank: the least time that 95 % of the pictures do not exceed.
    pub p95: f64,
    /// The longest.
    pub max: f64,
}

impl Times {
    /// The figures of these times; none where there are none.
    pub fn of(times: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut times: Vec<f64> = times.into_iter().collect();
        times.sort_by(f64::total_cmp);
        let (count, max) = (times.len(), *times.last()?);
        let rank = (count * 95).div_ceil(100);
        Some(Self {
            median: (times[(count - 1) / 2] + times[count / 2]) / 2.0,
            mean: times.iter().sum::<f64>() / count as f64,
            p95: times[rank - 1],
            max,
        })
    }

    /// Each figure as a multiple of the same figure of another decoder.
    pub fn over(self, other: Self) -> Self {
        Self {
            median: ratio(self.median, other.median),
            mean: ratio(self.mean, other.mean),
            p95: ratio(self.p95, other.p95),
            max: ratio(self.max, other.max),
        }
    }
}

/// How many times `other` goes into `ours`. A time that no clock could tell from zero gives no number.
pub fn ratio(ours: f64, other: f64) -> f64 {
    if other > 0.0 { ours / other } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_are_those_of_the_definitions() {
        let check = |times: &[f64], (median, mean, p95, max)| {
            let expected = Times {
                median,
                mean,
                p95,
                max,
            };
            assert_eq!(Times::of(times.iter().copied()), Some(expected));
        };
        check(&[3.0], (3.0, 3.0, 3.0, 3.0));
        check(&[4.0, 2.0], (3.0, 3.0, 4.0, 4.0));
        check(&[9.0, 1.0, 2.0], (2.0, 4.0, 9.0, 9.0));
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        check(&hundred, (50.5, 50.5, 95.0, 100.0));
        let twenty: Vec<f64> = (1..=20).map(f64::from).collect();
        check(&twenty, (10.5, 10.5, 19.0, 20.0));
        assert_eq!(Times::of([]), None);
    }

    #[test]
    fn ratios_are_of_figure_to_figure() {
        let ours = Times::of([2.0, 4.0]).expect("there are times");
        let other = Times::of([1.0, 1.0]).expect("there are times");
        let over = ours.over(other);
        assert_eq!(
            (over.median, over.mean, over.p95, over.max),
            (3.0, 3.0, 4.0, 4.0)
        );
        assert!(ratio(1.0, 0.0).is_nan());
    }

    proptest! {
        #[test]
        fn figures_lie_within_the_times(times in prop::collection::vec(0.0..1e6, 1..200)) {
            let figures = Times::of(times.iter().copied()).expect("there are times");
            let least = times.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!(least <= figures.median && figures.median <= figures.p95.max(figures.median));
            prop_assert!(figures.p95 <= figures.max && figures.mean <= figures.max * 1.000_001);
            let within = times.iter().filter(|&&time| time <= figures.p95).count();
            prop_assert!(within * 100 >= times.len() * 95);
        }
    }
}
