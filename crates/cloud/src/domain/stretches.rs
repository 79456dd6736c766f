//! Stretches of time, one after the other, for numbers over time.

use super::FieldError;
use crate::clock::Time;

/// Stretches that are counted at once, at the most.
const MOST: usize = 100;

/// Stretches that follow each other without a gap. Whoever asks says where one ends and the next begins: days are of
/// different lengths, and begin at different times for different people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretches(Vec<Time>);

impl Stretches {
    /// Reads times in milliseconds since the epoch, with commas between them, each later than the one before.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let times: Option<Vec<Time>> = text
            .split(',')
            .take(MOST + 2)
            .map(|time| time.parse().ok().map(Time))
            .collect();
        let times = times.filter(|times| {
            (2..=MOST + 1).contains(&times.len()) && times.is_sorted_by(|a, b| a.0 < b.0)
        });
        times.map(Self).ok_or(FieldError {
            field: "bounds",
            must: "2 to 101 times in milliseconds since the epoch, with commas between them, each later than the one before",
        })
    }

    /// Each from its first millisecond to the one after its last.
    pub fn iter(&self) -> impl Iterator<Item = (Time, Time)> {
        self.0.iter().copied().zip(self.0.iter().copied().skip(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_goes_forward_is_taken() {
        let many = |count: i64| (0..count).map(|time| time.to_string()).collect::<Vec<_>>();
        for (text, want) in [
            ("1,2", Some(1)),
            ("-5,0,7", Some(2)),
            (&many(101).join(","), Some(100)),
            (&many(102).join(","), None),
            (&many(100_000).join(","), None),
            ("", None),
            ("1", None),
            ("2,1", None),
            ("1,1", None),
            ("1, 2", None),
            ("1,2,", None),
            ("1,9223372036854775808", None),
        ] {
            let read = Stretches::parse(text);
            assert_eq!(
                read.ok().map(|stretches| stretches.iter().count()),
                want,
                "{text}"
            );
        }
    }

    #[test]
    fn they_leave_no_gap() {
        let stretches = Stretches::parse("1,5,6").expect("they are good");
        let all: Vec<_> = stretches
            .iter()
            .map(|(from, until)| (from.0, until.0))
            .collect();
        assert_eq!(all, [(1, 5), (5, 6)]);
    }
}
