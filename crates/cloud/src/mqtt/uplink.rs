//! What a device means by what it publishes.

use handover_blynk::{Topic, fields};
use handover_wire::HardwareInfo;
use serde::Deserialize;

use crate::domain::in_words;
use crate::service::living::{Said, Which};

/// Names in one question.
const MOST_NAMES: usize = 256;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Meant {
    /// The device says something.
    Says(Said),
    /// It says what it is, and how long the packets are that it takes, where it says that.
    Is(HardwareInfo, Option<usize>),
    /// It asks what datastreams hold; all of them where none is named.
    AsksValues(Option<Vec<String>>),
    /// It asks what metadata fields hold.
    AsksMeta(Vec<String>),
    /// It asks for the time.
    AsksTime,
    /// It asks where it is.
    AsksPlace,
}

/// `info/mcu`.
#[derive(Deserialize)]
struct Hardware {
    tmpl: Option<String>,
    ver: Option<String>,
    build: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    rxbuff: Option<usize>,
}

/// The message is not what its topic takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotTaken(&'static str);

impl Meant {
    /// Reads what was published to a topic.
    pub fn read(topic: Topic<'_>, payload: &[u8]) -> Result<Self, NotTaken> {
        let which = |name: &str| Which::Name(name.to_owned());
        Ok(match topic {
            Topic::Value { name } => {
                Self::Says(Said::Values(vec![(which(name), values(payload)?)]))
            }
            Topic::Erase { name } => Self::Says(Said::Erase(which(name))),
            Topic::Property { name, property } => Self::Says(Said::Property {
                which: which(name),
                name: property.to_owned(),
                value: values(payload)?.join(","),
            }),
            Topic::Points { name } => Self::Says(Said::Points(which(name), points(payload)?)),
            Topic::Values => Self::Says(Said::Values(batch(payload)?)),
            Topic::Event { code } => {
                let description = text(payload)?;
                Self::Says(Said::Event {
                    code: code.to_owned(),
                    description: (!description.is_empty()).then(|| description.to_owned()),
                })
            }
            Topic::Meta { field } => Self::Says(Said::Meta {
                id: None,
                name: Some(field.to_owned()),
                value: text(payload)?.to_owned(),
            }),
            Topic::Hardware => hardware(payload)?,
            Topic::GetValues => Self::AsksValues(Some(names(payload)?)),
            Topic::GetAllValues => Self::AsksValues(None),
            Topic::GetMeta => Self::AsksMeta(names(payload)?),
            Topic::GetTime => Self::AsksTime,
            Topic::GetPlace => Self::AsksPlace,
        })
    }
}

fn text(payload: &[u8]) -> Result<&str, NotTaken> {
    std::str::from_utf8(payload).map_err(|_| NotTaken("It is not UTF-8."))
}

/// Several have a NUL between them, as published.
fn values(payload: &[u8]) -> Result<Vec<String>, NotTaken> {
    if payload.is_empty() {
        return Ok(vec![String::new()]);
    }
    let all = fields(payload).map(|field| text(field).map(str::to_owned));
    all.collect()
}

fn names(payload: &[u8]) -> Result<Vec<String>, NotTaken> {
    let all = text(payload)?.split(',').map(str::trim);
    let all = all.filter(|name| !name.is_empty()).take(MOST_NAMES);
    Ok(all.map(str::to_owned).collect())
}

fn points(payload: &[u8]) -> Result<Vec<(i64, String)>, NotTaken> {
    let all: Vec<(i64, serde_json::Value)> = serde_json::from_slice(payload)
        .map_err(|_| NotTaken("It is not [[milliseconds, value], ...]."))?;
    let all = all.into_iter();
    Ok(all.map(|(at, value)| (at, in_words(value))).collect())
}

fn batch(payload: &[u8]) -> Result<Vec<(Which, Vec<String>)>, NotTaken> {
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(payload)
        .map_err(|_| NotTaken("It is not a JSON object of datastreams."))?;
    let all = all.into_iter();
    Ok(all
        .map(|(name, value)| (Which::Name(name), vec![in_words(value)]))
        .collect())
}

fn hardware(payload: &[u8]) -> Result<Meant, NotTaken> {
    let said: Hardware = serde_json::from_slice(payload)
        .map_err(|_| NotTaken("It is not a JSON object of what a device is."))?;
    let short = |text: Option<String>| text.map(|text| text.chars().take(100).collect());
    let hardware = HardwareInfo {
        version: short(said.ver),
        build: short(said.build),
        fw_type: short(said.kind),
        template_id: short(said.tmpl),
        ..HardwareInfo::default()
    };
    Ok(Meant::Is(hardware, said.rxbuff))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(topic: &str, payload: &[u8], want: Result<Meant, &'static str>) {
        let read = Topic::read(topic).expect("a topic");
        let found = Meant::read(read, payload);
        assert_eq!(found, want.map_err(NotTaken), "{topic} {payload:?}");
    }

    fn name(text: &str) -> Which {
        Which::Name(text.to_owned())
    }

    fn says(values: &[(&str, &[&str])]) -> Meant {
        let all = values.iter().map(|(which, all)| {
            let all = all.iter().map(|&one| one.to_owned());
            (name(which), all.collect())
        });
        Meant::Says(Said::Values(all.collect()))
    }

    #[test]
    fn messages_are_what_is_published() {
        let texts = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        check("ds/Moisture", b"23.5", Ok(says(&[("Moisture", &["23.5"])])));
        check("ds/Note", b"", Ok(says(&[("Note", &[""])])));
        check("ds/Place", b"1\x002", Ok(says(&[("Place", &["1", "2"])])));
        check(
            "batch_ds",
            br#"{"Moisture":23.5,"Light":true,"Place":[13.4,52.5]}"#,
            Ok(says(&[
                ("Light", &["1"]),
                ("Moisture", &["23.5"]),
                ("Place", &["13.4,52.5"]),
            ])),
        );
        let points = vec![(1, "2".to_owned()), (3, "1,2".to_owned())];
        check(
            "ds/a/timestamped_batch",
            b"[[1,2],[3,[1,2]]]",
            Ok(Meant::Says(Said::Points(name("a"), points))),
        );
        check("ds/a/erase", b"", Ok(Meant::Says(Said::Erase(name("a")))));
        check(
            "get/ds",
            b"a, b,",
            Ok(Meant::AsksValues(Some(texts(&["a", "b"])))),
        );
        check("get/ds/all", b"", Ok(Meant::AsksValues(None)));
        check(
            "get/meta",
            b"Serial Number",
            Ok(Meant::AsksMeta(texts(&["Serial Number"]))),
        );
        let hardware = HardwareInfo {
            version: Some("1.0".to_owned()),
            template_id: Some("TMPL1".to_owned()),
            ..HardwareInfo::default()
        };
        check(
            "info/mcu",
            br#"{"tmpl":"TMPL1","ver":"1.0","rxbuff":512}"#,
            Ok(Meant::Is(hardware, Some(512))),
        );
    }

    #[test]
    fn other_messages_are_refused() {
        for (topic, payload, want) in [
            ("ds/a", &b"\xff"[..], "It is not UTF-8."),
            ("event/a", b"\xff", "It is not UTF-8."),
            (
                "batch_ds",
                b"[1]",
                "It is not a JSON object of datastreams.",
            ),
            ("batch_ds", b"{", "It is not a JSON object of datastreams."),
            (
                "info/mcu",
                b"1",
                "It is not a JSON object of what a device is.",
            ),
            (
                "ds/a/timestamped_batch",
                b"[1]",
                "It is not [[milliseconds, value], ...].",
            ),
        ] {
            check(topic, payload, Err(want));
        }
    }
}
