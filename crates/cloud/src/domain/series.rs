//! The history of a datastream as a device asks for it: the published words for how long, how fine and of what, and what comes
//! of them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Gathered, STEPS};
use crate::clock::Time;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// How far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// An hour.
    Hour,
    /// 24 of them.
    Day,
    /// Seven days.
    Week,
    /// 30 days.
    Month,
    /// 90 days.
    ThreeMonths,
}

/// How fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// As fine as it is kept: a point for each minute of the last two days, and one for each hour before.
    Finest,
    /// A point for each hour.
    Hourly,
    /// A point for each day of the time zone.
    Daily,
}

/// What of all numbers of one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Their mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// All of them together.
    Sum,
    /// How many there were.
    Count,
}

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Seconds since the epoch.
    Seconds,
    /// `04/10/19 11:45:41 AM`.
    Us,
    /// `2018-06-07 22:01:20`.
    Simple,
}

/// What a device asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How far back.
    pub period: Period,
    /// How fine.
    pub grain: Grain,
    /// What.
    pub source: Source,
    /// How times are written.
    pub times: Times,
    /// In which time zone.
    pub zone: TimeZone,
}

/// A word, in whatever case: clients write both.
fn one_of<Word: Copy>(text: Option<&str>, default: Word, words: &[(&str, Word)]) -> Option<Word> {
    let Some(text) = text else {
        return Some(default);
    };
    let found = words
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    found.map(|(_, word)| *word)
}

impl Wanted {
    /// Reads the parameters, by their published names. None where one of them is not what it may be.
    pub fn parse<'a>(parameter: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let period = one_of(
            parameter("period"),
            Period::Month,
            &[
                ("HOUR", Period::Hour),
                ("DAY", Period::Day),
                ("WEEK", Period::Week),
                ("MONTH", Period::Month),
                ("THREE_MONTHS", Period::ThreeMonths),
            ],
        )?;
        let grain = one_of(
            parameter("granularityType"),
            Grain::Finest,
            &[
                ("RAW_DATA", Grain::Finest),
                ("MINUTE", Grain::Finest),
                ("HOURLY", Grain::Hourly),
                ("DAILY", Grain::Daily),
            ],
        )?;
        // As published: so many points nobody reads.
        if (period, grain) == (Period::ThreeMonths, Grain::Finest) {
            return None;
        }
        let source = one_of(
            parameter("sourceType"),
            Source::Avg,
            &[
                ("AVG", Source::Avg),
                ("MIN", Source::Min),
                ("MAX", Source::Max),
                ("SUM", Source::Sum),
                ("COUNT", Source::Count),
            ],
        )?;
        let times = one_of(
            parameter("format"),
            Times::Seconds,
            &[
                ("TS", Times::Seconds),
                ("ISO_US", Times::Us),
                ("ISO_SIMPLE", Times::Simple),
            ],
        )?;
        let zone = match parameter("tzName") {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name).ok()?,
        };
        Some(Self {
            period,
            grain,
            source,
            times,
            zone,
        })
    }

    /// The rows of the history that are needed: steps, from when, until when.
    pub fn rows(&self, now: Time) -> Vec<(i64, (i64, i64))> {
        let length = match self.period {
            Period::Hour => HOUR,
            Period::Day => DAY,
            Period::Week => 7 * DAY,
            Period::Month => 30 * DAY,
            Period::ThreeMonths => 90 * DAY,
        };
        let (from, to) = (now.0 - length, now.0 + 1);
        let [(minute, kept), (hour, _)] = STEPS;
        // The first whole hour of which there are minutes.
        let since = (now.0 - kept * 1_000).div_euclid(HOUR) * HOUR + HOUR;
        match self.grain {
            Grain::Finest if from >= since => vec![(minute, (from, to))],
            Grain::Finest => vec![(hour, (from, since)), (minute, (since, to))],
            Grain::Hourly | Grain::Daily => vec![(hour, (from, to))],
        }
    }

    /// The points that come of those rows.
    pub fn points(&self, rows: impl IntoIterator<Item = (i64, Gathered)>) -> Vec<(i64, f64)> {
        let mut found: Vec<(i64, Gathered)> = Vec::new();
        for (start, gathered) in rows {
            let at = match self.grain {
                Grain::Finest | Grain::Hourly => start,
                Grain::Daily => self.day_of(start),
            };
            match found.last_mut() {
                Some((last, sum)) if *last == at => {
                    *sum = Gathered {
                        amount: sum.amount + gathered.amount,
                        total: sum.total + gathered.total,
                        least: sum.least.min(gathered.least),
                        most: sum.most.max(gathered.most),
                    }
                }
                _ => found.push((at, gathered)),
            }
        }
        let shown = found.into_iter();
        shown.map(|(at, all)| (at, self.source.of(all))).collect()
    }

    /// When the day began that a time is in.
    fn day_of(&self, at: i64) -> i64 {
        let begun = Timestamp::from_millisecond(at).and_then(|at| {
            let day = at.to_zoned_datetime(self.zone.clone());
            Ok(day.start_of_day()?.timestamp().as_millisecond())
        });
        begun.unwrap_or(at)
    }

    /// A time as it is written.
    pub fn written(&self, at: i64) -> String {
        let form = match self.times {
            Times::Seconds => return at.div_euclid(1_000).to_string(),
            Times::Us => "%m/%d/%y %I:%M:%S %p",
            Times::Simple => "%Y-%m-%d %H:%M:%S",
        };
        let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned_datetime(self.zone.clone())
            .strftime(form)
            .to_string()
    }
}

impl Source {
    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody writes 2^53 values in a day"
    )]
    fn of(self, all: Gathered) -> f64 {
        match self {
            Self::Avg => all.total / all.amount as f64,
            Self::Min => all.least,
            Self::Max => all.most,
            Self::Sum => all.total,
            Self::Count => all.amount as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(query: &[(&str, &'static str)]) -> Option<Wanted> {
        Wanted::parse(|name| {
            let found = query.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| *value)
        })
    }

    #[test]
    fn words_are_read_in_either_case_and_nothing_else_is() {
        for (query, fits) in [
            (&[][..], true),
            (&[("period", "month"), ("granularityType", "Hourly")], true),
            (
                &[("period", "THREE_MONTHS"), ("granularityType", "DAILY")],
                true,
            ),
            (&[("period", "THREE_MONTHS")], false),
            (&[("period", "YEAR")], false),
            (&[("granularityType", "SECOND")], false),
            (&[("sourceType", "MEDIAN")], false),
            (&[("format", "ISO")], false),
            (&[("tzName", "Nowhere/Else")], false),
            (&[("tzName", "UTC"), ("format", "iso_us")], true),
        ] {
            assert_eq!(wanted(query).is_some(), fits, "{query:?}");
        }
    }

    #[test]
    fn minutes_are_asked_for_where_they_are_kept() {
        let now = Time(100 * DAY + 30 * 60_000);
        let rows = |period| {
            let finest = wanted(&[("period", period)]).expect("fits");
            finest.rows(now)
        };
        assert_eq!(rows("HOUR"), [(60_000, (now.0 - HOUR, now.0 + 1))]);
        let since = 98 * DAY + HOUR;
        assert_eq!(
            rows("MONTH"),
            [
                (HOUR, (now.0 - 30 * DAY, since)),
                (60_000, (since, now.0 + 1))
            ]
        );
    }

    #[test]
    fn days_are_put_together_and_times_are_written_as_asked() {
        let row = |at: i64, number: f64| {
            let gathered = Gathered {
                amount: 2,
                total: number * 2.0,
                least: number - 1.0,
                most: number + 1.0,
            };
            (at, gathered)
        };
        for (source, want) in [
            ("AVG", [15.0, 30.0]),
            ("MIN", [9.0, 29.0]),
            ("MAX", [21.0, 31.0]),
            ("SUM", [60.0, 60.0]),
            ("COUNT", [4.0, 2.0]),
        ] {
            let daily = wanted(&[("granularityType", "DAILY"), ("sourceType", source)]);
            let daily = daily.expect("fits");
            let rows = [row(DAY, 10.0), row(DAY + HOUR, 20.0), row(2 * DAY, 30.0)];
            let points = daily.points(rows);
            assert_eq!(points, [(DAY, want[0]), (2 * DAY, want[1])], "{source}");
        }
        for (format, want) in [
            ("TS", "90000"),
            ("ISO_SIMPLE", "1970-01-02 01:00:00"),
            ("ISO_US", "01/02/70 01:00:00 AM"),
        ] {
            let written = wanted(&[("format", format)]).expect("fits");
            assert_eq!(written.written(DAY + HOUR), want);
        }
    }
}
