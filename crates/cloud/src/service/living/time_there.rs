//! The time where a device is, which is where its organization is: `downlink/utc/all/json` of MQTT, `rtc` and `utc` of the binary
//! protocol.

use handover_blynk::TimeAsked;
use handover_wire::DeviceId;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::clock::Time;
use crate::service::{Broken, Core};

/// Minutes by which clocks are put forward in summer.
const SUMMER: i32 = 60;
/// Changes of a zone's offset that are told.
const CHANGES: usize = 2;

/// The time for a device. None where there is no such device any more.
pub async fn time_there(core: &Core, device: DeviceId) -> Result<Option<TimeThere>, Broken> {
    let Some(found) = core.store.device_itself(device).await? else {
        return Ok(None);
    };
    let org = core.store.org(found.device.org_id).await?;
    let zone = org.map_or_else(|| "UTC".to_owned(), |org| org.tz);
    Ok(Some(TimeThere::of(&zone, core.now())))
}

/// A moment, as clocks in a time zone have it.
pub struct TimeThere {
    now: Time,
    at: Timestamp,
    name: String,
    zone: TimeZone,
}

impl TimeThere {
    /// In the zone of this name; in UTC where nobody knows it.
    fn of(name: &str, now: Time) -> Self {
        let (name, zone) = match TimeZone::get(name) {
            Ok(zone) => (name, zone),
            Err(_) => ("UTC", TimeZone::UTC),
        };
        Self {
            now,
            at: Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH),
            name: name.to_owned(),
            zone,
        }
    }

    /// Minutes from UTC, all of them.
    fn minutes(&self) -> i32 {
        self.zone.to_offset(self.at).seconds() / 60
    }

    /// Those by which clocks are put forward.
    fn summer(&self) -> i32 {
        let is_summer = self.zone.to_offset_info(self.at).dst().is_dst();
        if is_summer { SUMMER } else { 0 }
    }

    fn iso(&self) -> String {
        let there = self.at.to_zoned_datetime(self.zone.clone());
        there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// All of it, as MQTT has it.
    pub fn json(&self) -> String {
        json!({
            "tz_name": self.name,
            "tz_rule": rule(self.minutes()),
            "tz_offset": self.minutes() - self.summer(),
            "dst_offset": self.summer(),
            "time": self.now.0,
            "iso8601": self.iso(),
        })
        .to_string()
    }

    /// What was asked for, as the binary protocol has it.
    pub fn fields(&self, asked: TimeAsked) -> Vec<String> {
        match asked {
            TimeAsked::Wall => {
                let wall = self.at.as_second() + i64::from(self.minutes()) * 60;
                vec![wall.to_string()]
            }
            TimeAsked::Time => vec![self.now.0.to_string()],
            TimeAsked::Iso => vec![self.iso()],
            TimeAsked::Offsets => [self.minutes() - self.summer(), self.summer()]
                .map(|minutes| minutes.to_string())
                .into(),
            TimeAsked::Name => vec![self.name.clone()],
            TimeAsked::Rule => vec![rule(self.minutes())],
            TimeAsked::Changes => {
                let changes = self.zone.following(self.at).take(CHANGES);
                let both = changes.flat_map(|change| {
                    let minutes = change.offset().seconds() / 60;
                    [
                        change.timestamp().as_second().to_string(),
                        minutes.to_string(),
                    ]
                });
                both.collect()
            }
        }
    }
}

/// What holds now as POSIX writes it, where east is negative. It does not say when clocks are changed next (ours): whoever
/// asks once a day is never wrong for long.
fn rule(minutes: i32) -> String {
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let (east, posix) = if minutes < 0 { ('-', '+') } else { ('+', '-') };
    match rest {
        0 => format!("<{east}{hours:02}>{posix}{hours}"),
        rest => format!("<{east}{hours:02}{rest:02}>{posix}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_the_time_of_its_zone() {
        for (zone, now, want) in [
            (
                "America/Goose_Bay",
                1_709_326_077_759,
                r#"{"dst_offset":0,"iso8601":"2024-03-01T16:47:57-04:00","time":1709326077759,"tz_name":"America/Goose_Bay","tz_offset":-240,"tz_rule":"<-04>+4"}"#,
            ),
            (
                "Europe/Berlin",
                1_720_000_000_000,
                r#"{"dst_offset":60,"iso8601":"2024-07-03T11:46:40+02:00","time":1720000000000,"tz_name":"Europe/Berlin","tz_offset":60,"tz_rule":"<+02>-2"}"#,
            ),
            (
                "Asia/Kolkata",
                0,
                r#"{"dst_offset":0,"iso8601":"1970-01-01T05:30:00+05:30","time":0,"tz_name":"Asia/Kolkata","tz_offset":330,"tz_rule":"<+0530>-5:30"}"#,
            ),
            (
                "Nowhere",
                0,
                r#"{"dst_offset":0,"iso8601":"1970-01-01T00:00:00+00:00","time":0,"tz_name":"UTC","tz_offset":0,"tz_rule":"<+00>-0"}"#,
            ),
        ] {
            let found: serde_json::Value =
                serde_json::from_str(&TimeThere::of(zone, Time(now)).json()).expect("JSON");
            let want: serde_json::Value = serde_json::from_str(want).expect("JSON");
            assert_eq!(found, want);
        }
    }

    #[test]
    fn a_device_is_told_as_much_of_it_as_it_asks_for() {
        let berlin = TimeThere::of("Europe/Berlin", Time(1_720_000_000_123));
        for (asked, want) in [
            (TimeAsked::Wall, &["1720007200"][..]),
            (TimeAsked::Time, &["1720000000123"]),
            (TimeAsked::Iso, &["2024-07-03T11:46:40+02:00"]),
            (TimeAsked::Offsets, &["60", "60"]),
            (TimeAsked::Name, &["Europe/Berlin"]),
            (TimeAsked::Rule, &["<+02>-2"]),
            (
                TimeAsked::Changes,
                &["1729990800", "60", "1743296400", "120"],
            ),
        ] {
            assert_eq!(berlin.fields(asked), want, "{asked:?}");
        }
        let nowhere = TimeThere::of("Nowhere", Time(0));
        assert_eq!(nowhere.fields(TimeAsked::Changes), [""; 0]);
    }
}
