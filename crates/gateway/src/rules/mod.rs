//! What payloads mean: rules that decode them into datastreams, and encode orders to nodes.
//!
//! All of it is a pure function of the configuration, the payload, the times and what is remembered; no payload panics.

mod down;
mod field;
mod number;
mod reading;
mod refine;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use handover_blynk::Pin;
use handover_wire::DeviceId;
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

pub use down::Unsayable;
use down::{Down, RawDown};
pub use field::{Decode, Unread};
use field::{Field, Opened, RawField};
pub use number::{hex, unhex};
pub use reading::Reading;
pub use refine::{Memory, Refine};

/// As the configuration has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawRule {
    nodes: Vec<String>,
    length: Option<usize>,
    starts: Option<String>,
    #[serde(default)]
    decode: Decode,
    separator: Option<String>,
    #[serde(default)]
    fields: Vec<Spanned<RawField>>,
    #[serde(default)]
    down: Vec<Spanned<RawDown>>,
}

/// What is wrong with a rule, and where in the text.
pub type At<T> = (std::ops::Range<usize>, T);

/// Who sent a payload, or is to get one.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The device.
    pub device: DeviceId,
    /// Its template.
    pub template: &'a str,
    /// What it is called where it came from; empty in a mesh.
    pub source: &'a str,
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    nodes: Vec<String>,
    length: Option<usize>,
    starts: Vec<u8>,
    decode: Decode,
    separator: String,
    fields: Vec<Field>,
    down: Vec<Down>,
}

/// All rules, in their order. The first one that is for a node and its payload decodes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules(Vec<Rule>);

/// A datastream's reading, and what is still made of it.
pub type Decoded = (Pin, Refine, Reading);

/// Why a payload, or one datastream of it, says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Nothing {
    /// Nobody said how to read it.
    #[error("no rule is for it")]
    NoRule,
    /// It is not of the form that its rule says.
    #[error("the payload is not {0}")]
    Form(&'static str),
    /// One datastream is not in it as the rule says.
    #[error("{0}: {1}")]
    Field(Pin, Unread),
}

impl RawRule {
    /// Checks it.
    ///
    /// # Errors
    /// Where it is wrong, with the place.
    pub fn check(self, here: &std::ops::Range<usize>) -> Result<Rule, At<String>> {
        let wrong = |what: &str| (here.clone(), what.to_owned());
        if self.nodes.is_empty() {
            return Err(wrong(
                "`nodes` is empty: name templates, device numbers or sources, or \"*\"",
            ));
        }
        if self.separator.is_some() && self.decode != Decode::Text {
            return Err(wrong("`separator` belongs to decode = \"text\""));
        }
        if self.separator.as_deref() == Some("") {
            return Err(wrong("`separator` is empty"));
        }
        if self.fields.is_empty() && self.decode != Decode::Json {
            return Err(wrong(
                "`fields` is missing: what the payload says is not known without",
            ));
        }
        let starts = unhex(self.starts.as_deref().unwrap_or_default());
        let starts =
            starts.ok_or_else(|| wrong("`starts` has pairs of hexadecimal digits: \"01 ff\""))?;
        let decode = self.decode;
        let fields = self.fields.into_iter().map(|field| {
            let span = field.span();
            field
                .into_inner()
                .check(decode)
                .map_err(|what| (span, what))
        });
        let fields: Vec<Field> = fields.collect::<Result<_, _>>()?;
        for (index, field) in fields.iter().enumerate() {
            if fields[..index].iter().any(|before| before.pin == field.pin) {
                return Err((here.clone(), format!("two fields are {}", field.pin)));
            }
        }
        let down = self.down.into_iter().map(|down| {
            let span = down.span();
            down.into_inner().check().map_err(|what| (span, what))
        });
        Ok(Rule {
            nodes: self.nodes,
            length: self.length,
            starts,
            decode,
            separator: self.separator.unwrap_or_else(|| ",".to_owned()),
            fields,
            down: down.collect::<Result<_, _>>()?,
        })
    }
}

impl Rule {
    fn is_for(&self, who: &Who<'_>) -> bool {
        let device = who.device.to_string();
        let known = |name: &String| {
            name == "*" || name == who.template || *name == device || name == who.source
        };
        self.nodes.iter().any(known)
    }

    fn reads(&self, payload: &[u8]) -> bool {
        let is_long = self.length.is_none_or(|length| payload.len() == length);
        is_long && payload.starts_with(&self.starts)
    }

    fn decode(&self, payload: &[u8]) -> (Vec<Decoded>, Vec<Nothing>) {
        match self.decode {
            Decode::Bytes => read(&self.fields, &Opened::Bytes(payload)),
            Decode::Text => match std::str::from_utf8(payload) {
                Ok(text) => {
                    let all: Vec<&str> = text.split(&self.separator).collect();
                    read(&self.fields, &Opened::Columns(&all))
                }
                Err(_) => (Vec::new(), vec![Nothing::Form("text in UTF-8")]),
            },
            Decode::Json => match serde_json::from_slice(payload) {
                Ok(json @ serde_json::Value::Object(_)) => match self.fields.is_empty() {
                    true => read(&pins_of(&json), &Opened::Json(&json)),
                    false => read(&self.fields, &Opened::Json(&json)),
                },
                _ => (Vec::new(), vec![Nothing::Form("a JSON object")]),
            },
        }
    }
}

/// A field for each member that is called like a pin.
fn pins_of(json: &serde_json::Value) -> Vec<Field> {
    let members = json
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys());
    let pins = members.filter_map(|name| Some(Field::plain(name.parse().ok()?, name)));
    pins.collect()
}

fn read(fields: &[Field], payload: &Opened<'_>) -> (Vec<Decoded>, Vec<Nothing>) {
    let (mut decoded, mut nothing) = (Vec::new(), Vec::new());
    for field in fields {
        match field.read(payload) {
            Ok(Some(reading)) => decoded.push((field.pin, field.refine, reading)),
            Ok(None) => {}
            Err(unread) => nothing.push(Nothing::Field(field.pin, unread)),
        }
    }
    (decoded, nothing)
}

impl Rules {
    /// Rules in their order; without any, payloads are JSON objects whose members are called like pins.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self(rules)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a payload says, and what of it says nothing and why.
    pub fn decode(&self, who: &Who<'_>, payload: &[u8]) -> (Vec<Decoded>, Vec<Nothing>) {
        if self.0.is_empty() {
            return unruled().decode(payload);
        }
        let mut rules = self.0.iter();
        match rules.find(|rule| rule.is_for(who) && rule.reads(payload)) {
            Some(rule) => rule.decode(payload),
            None => (Vec::new(), vec![Nothing::NoRule]),
        }
    }

    /// What a node is sent when a datastream, by name or pin, is set.
    ///
    /// # Errors
    /// Where its rule has no bytes for that value.
    pub fn encode(
        &self,
        who: &Who<'_>,
        datastream: &str,
        value: &str,
    ) -> Result<Vec<u8>, Unsayable> {
        match self.down(who, datastream) {
            Some(down) => down.write(value),
            None => Ok(down::as_json(datastream, value)),
        }
    }

    /// What a node is sent when several are set at once: one after the other where each has a rule, one JSON object where none
    /// has.
    ///
    /// # Errors
    /// Where there are no bytes for one of the values, or no way to say all of them together.
    pub fn encode_all(
        &self,
        who: &Who<'_>,
        values: &BTreeMap<String, Value>,
    ) -> Result<Vec<u8>, Unsayable> {
        let downs = values
            .iter()
            .map(|(name, value)| (self.down(who, name), value));
        let downs: Vec<_> = downs.collect();
        if downs.iter().all(|(down, _)| down.is_none()) {
            return Ok(serde_json::to_vec(values).expect("JSON is JSON"));
        }
        let mut bytes = Vec::new();
        for (down, value) in downs {
            let down = down.ok_or(Unsayable::Mixed)?;
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            bytes.extend(down.write(&text)?);
        }
        Ok(bytes)
    }

    /// How a node is told of a datastream.
    fn down(&self, who: &Who<'_>, datastream: &str) -> Option<&Down> {
        let rules = self.0.iter().filter(|rule| rule.is_for(who));
        let mut downs = rules.flat_map(|rule| &rule.down);
        downs.find(|down| down.datastream == datastream)
    }
}

fn unruled() -> Rule {
    Rule {
        nodes: Vec::new(),
        length: None,
        starts: Vec::new(),
        decode: Decode::Json,
        separator: String::new(),
        fields: Vec::new(),
        down: Vec::new(),
    }
}
