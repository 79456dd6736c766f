//! The languages that letters are written in.

use time::{Month, OffsetDateTime};

use crate::clock::Time;

/// A language that letters are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The one nearest to a BCP 47 tag (`de`, `de-AT`): English where it is none of ours.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("de") {
            Self::De
        } else {
            Self::En
        }
    }

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// A time in words, to the minute, in UTC: nobody knows where a mail is read.
    pub fn date(self, time: Time) -> String {
        let at = OffsetDateTime::from_unix_timestamp(time.0.div_euclid(1_000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (day, month, year) = (at.day(), self.month(at.month()), at.year());
        let (hour, minute) = (at.hour(), at.minute());
        match self {
            Self::En => format!("{day} {month} {year}, {hour:02}:{minute:02} (UTC)"),
            Self::De => format!("{day}. {month} {year}, {hour:02}:{minute:02} Uhr (UTC)"),
        }
    }

    fn month(self, month: Month) -> &'static str {
        const EN: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        const DE: [&str; 12] = [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ];
        let index = usize::from(u8::from(month)) - 1;
        match self {
            Self::En => EN[index],
            Self::De => DE[index],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_gives_the_nearest_language() {
        for (tag, want) in [
            ("de", Language::De),
            ("de-AT", Language::De),
            ("DE_ch", Language::De),
            ("en-GB", Language::En),
            ("den", Language::En),
            ("fr", Language::En),
            ("", Language::En),
        ] {
            assert_eq!(Language::from_tag(tag), want, "{tag:?}");
        }
    }

    #[test]
    fn dates_are_in_words() {
        for (time, en, de) in [
            (
                1_800_000_000_000,
                "15 January 2027, 08:00 (UTC)",
                "15. Januar 2027, 08:00 Uhr (UTC)",
            ),
            (
                -1,
                "31 December 1969, 23:59 (UTC)",
                "31. Dezember 1969, 23:59 Uhr (UTC)",
            ),
            (
                i64::MAX,
                "1 January 1970, 00:00 (UTC)",
                "1. Januar 1970, 00:00 Uhr (UTC)",
            ),
        ] {
            assert_eq!(Language::En.date(Time(time)), en);
            assert_eq!(Language::De.date(Time(time)), de);
        }
    }
}
