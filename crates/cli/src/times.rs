//! Times as people read them: their own, with how far that is from UTC. Programs get milliseconds (`--json`).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A time of the cloud's, such as `2026-11-28 15:05 +01:00`.
pub fn local(milliseconds: i64) -> String {
    within(milliseconds, TimeZone::system())
}

/// A time as a person or a program says it, in milliseconds: a day (`2026-11-28`, which is its first moment), a day and a
/// time (`2026-11-28T10:00`), both in this machine's time zone; RFC 3339; or milliseconds since the epoch.
pub fn moment(text: &str) -> Result<i64, String> {
    moment_in(text, TimeZone::system())
}

fn moment_in(text: &str, zone: TimeZone) -> Result<i64, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| "it is too far away".to_owned());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_millisecond());
    }
    let at = text.parse::<DateTime>().ok();
    let at = at.and_then(|at| at.to_zoned_datetime(zone).ok());
    let at = at.ok_or(
        "say a day (2026-11-28), a day and a time (2026-11-28T10:00), RFC 3339, or milliseconds",
    )?;
    Ok(at.timestamp().as_millisecond())
}

fn within(milliseconds: i64, zone: TimeZone) -> String {
    match Timestamp::from_millisecond(milliseconds) {
        Ok(at) => at
            .to_zoned_datetime(zone)
            .strftime("%Y-%m-%d %H:%M %:z")
            .to_string(),
        // A year that no calendar has.
        Err(_) => milliseconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::offset;

    use super::*;

    #[test]
    fn times_are_said_in_several_ways() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone");
        for (text, want) in [
            ("1800000000000", Some(1_800_000_000_000)),
            ("-1", Some(-1)),
            ("2027-01-15", Some(1_799_967_600_000)),
            ("2027-01-15T09:00", Some(1_800_000_000_000)),
            ("2027-01-15 09:00:00", Some(1_800_000_000_000)),
            ("2027-01-15T08:00:00Z", Some(1_800_000_000_000)),
            ("2027-01-15T09:00:00.5+01:00", Some(1_800_000_000_500)),
            ("2026-07-02T15:46:40", Some(1_783_000_000_000)),
            ("", None),
            ("-", None),
            ("yesterday", None),
            ("2027-13-01", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(moment_in(text, berlin.clone()).ok(), want, "{text}");
        }
    }

    #[test]
    fn times_name_how_far_they_are_from_utc() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone");
        for (at, zone, want) in [
            (1_800_000_000_000, TimeZone::UTC, "2027-01-15 08:00 +00:00"),
            (1_800_000_000_000, berlin.clone(), "2027-01-15 09:00 +01:00"),
            (1_783_000_000_000, berlin, "2026-07-02 15:46 +02:00"),
            (
                1_800_000_000_000,
                offset(-3).to_time_zone(),
                "2027-01-15 05:00 -03:00",
            ),
            (i64::MAX, TimeZone::UTC, "9223372036854775807"),
        ] {
            assert_eq!(within(at, zone), want);
        }
    }
}
