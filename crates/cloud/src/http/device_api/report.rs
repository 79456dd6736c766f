//! A mesh's report as it came: read, or where it is none.

use handover_wire::{MeshItem, MeshLife, MeshMessage, MeshReport, MeshTold};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Letters of why something is none, which quotes what came.
const MOST_LETTERS: usize = 160;

/// What an item says to be. What is inside of one that says so is named by its own type alone: read as an item, it was put aside
/// until the kind was known, and with that its place was lost.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    Message,
    Outcome,
    Reinstalled,
}

/// Reads one.
///
/// # Errors
/// Where it is none, in a sentence that names the place.
pub fn read(body: &[u8]) -> Result<MeshReport, String> {
    serde_json::from_slice(body).map_err(|error| {
        let (place, why) = match serde_json::from_slice(body) {
            Ok(json) => misread(&json).unwrap_or_else(|| (String::new(), error.to_string())),
            Err(no_json) => (String::new(), no_json.to_string()),
        };
        let why: String = why.chars().take(MOST_LETTERS).collect();
        let colon = if place.is_empty() { "" } else { ": " };
        format!("Wrong report of a mesh: {place}{colon}{why}.")
    })
}

/// The first item that is none: its place, and why.
fn misread(json: &Value) -> Option<(String, String)> {
    let items = json.get("items")?.as_array()?;
    items.iter().enumerate().find_map(|(index, item)| {
        MeshItem::deserialize(item).err()?;
        let (place, why) = match Kind::deserialize(item) {
            Ok(Kind::Message) => within::<MeshMessage>(item)?,
            Ok(Kind::Outcome) => within::<MeshTold>(item)?,
            Ok(Kind::Reinstalled) => within::<MeshLife>(item)?,
            Err(error) => (None, error.to_string()),
        };
        let dot = place.as_ref().map_or("", |_| ".");
        let place = format!("items[{index}]{dot}{}", place.unwrap_or_default());
        Some((place, why))
    })
}

/// Where something is not of its type, and why; no place where that is itself.
fn within<T: DeserializeOwned>(item: &Value) -> Option<(Option<String>, String)> {
    let error = serde_path_to_error::deserialize::<_, T>(item).err()?;
    let path = error.path();
    let place = path.iter().next().map(|_| path.to_string());
    Some((place, error.inner().to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(member: &str, value: Value) -> Value {
        let mut message = json!({"kind": "message", "deviceId": 7, "derivation": 1, "life": 1, "sequence": "1",
            "path": [{"relay": "ab12", "signal": -71}], "signal": -80});
        message[member] = value;
        message
    }

    fn check(body: &Value, says: &str) {
        let told = read(body.to_string().as_bytes()).expect_err("it is wrong");
        assert!(told.starts_with(says), "{told}");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        let good = message("life", json!(1));
        let lacks = json!({"kind": "outcome", "deviceId": 7, "command": "12"});
        for (item, place) in [
            (message("signal", json!("loud")), "items[2].signal: "),
            (message("sequence", json!(1)), "items[2].sequence: "),
            (
                message("path", json!([{"relay": "a", "signal": 900}])),
                "items[2].path[0].signal: ",
            ),
            (
                message("events", json!([{"code": 3}])),
                "items[2].events[0].code: ",
            ),
            (lacks, "items[2]: missing field `outcome`"),
            (
                json!({"kind": "outcome", "deviceId": 7, "command": "1", "outcome": "x"}),
                "items[2].outcome: ",
            ),
            (
                json!({"kind": "reinstalled", "deviceId": 7, "life": -1}),
                "items[2].life: ",
            ),
            (json!({"kind": "zeppelin"}), "items[2]: "),
            (json!({"deviceId": 7}), "items[2]: missing field `kind`"),
            (json!(7), "items[2]: "),
        ] {
            let report = json!({ "items": [good, good, item, {"kind": "another"}] });
            check(&report, &format!("Wrong report of a mesh: {place}"));
        }
        check(&json!({}), "Wrong report of a mesh: missing field `items`");
        check(&json!({"items": 7}), "Wrong report of a mesh: ");
    }

    #[test]
    fn what_is_no_json_is_told_in_few_words() {
        let told = read(b"{\"items\": [").expect_err("it is wrong");
        assert!(
            told.starts_with("Wrong report of a mesh: EOF while"),
            "{told}"
        );
        let long = json!({ "items": [message("signal", json!("x".repeat(10_000)))] });
        let told = read(long.to_string().as_bytes()).expect_err("it is wrong");
        assert!(told.len() < 250, "{told}");
    }
}
