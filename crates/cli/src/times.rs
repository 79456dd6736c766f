//! Times as people read them: their own, with how far that is from UTC. Programs get milliseconds (`--json`).

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time of the cloud's, such as `2026-11-28 15:05 +01:00`.
pub fn local(milliseconds: i64) -> String {
    within(milliseconds, TimeZone::system())
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
