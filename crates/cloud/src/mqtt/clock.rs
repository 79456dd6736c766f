//! `downlink/utc/all/json`: the time where a device is, which is where its organization is.

use handover_wire::DeviceId;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::clock::Time;
use crate::service::{Broken, Core};

/// Minutes by which clocks are put forward in summer.
const SUMMER: i32 = 60;

/// The time for a device. None where there is no such device any more.
pub async fn told(core: &Core, device: DeviceId) -> Result<Option<String>, Broken> {
    let Some(found) = core.store.device_itself(device).await? else {
        return Ok(None);
    };
    let org = core.store.org(found.device.org_id).await?;
    let zone = org.map_or_else(|| "UTC".to_owned(), |org| org.tz);
    Ok(Some(json(&zone, core.now())))
}

fn json(name: &str, now: Time) -> String {
    let zone = TimeZone::get(name);
    let (name, zone) = match zone {
        Ok(zone) => (name, zone),
        Err(_) => ("UTC", TimeZone::UTC),
    };
    let at = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    let here = zone.to_offset_info(at);
    let minutes = here.offset().seconds() / 60;
    let summer = if here.dst().is_dst() { SUMMER } else { 0 };
    let shown = at
        .to_zoned_datetime(zone)
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string();
    json!({
        "tz_name": name,
        "tz_rule": rule(minutes),
        "tz_offset": minutes - summer,
        "dst_offset": summer,
        "time": now.0,
        "iso8601": shown,
    })
    .to_string()
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
                serde_json::from_str(&json(zone, Time(now))).expect("JSON");
            let want: serde_json::Value = serde_json::from_str(want).expect("JSON");
            assert_eq!(found, want);
        }
    }
}
