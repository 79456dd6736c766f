//! One datastream of a rule: where in the payload it stands, and what is made of it.

use std::collections::BTreeMap;

use handover_blynk::Pin;
use serde::Deserialize;

use super::number::NumberType;
use super::reading::Reading;
use super::refine::{Aggregate, Refine, Span};

/// As the configuration has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawField {
    pin: String,
    key: Option<String>,
    column: Option<usize>,
    at: Option<usize>,
    r#type: Option<NumberType>,
    bit: Option<u32>,
    bits: Option<[u32; 2]>,
    scale: Option<f64>,
    offset: Option<f64>,
    lookup: Option<BTreeMap<String, toml::Value>>,
    range: Option<[f64; 2]>,
    min_change: Option<f64>,
    every: Option<f64>,
    aggregate: Option<Aggregate>,
    seconds: Option<u32>,
    messages: Option<u32>,
}

/// How payloads of a rule are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decode {
    /// A JSON object; a field is a member of it.
    #[default]
    Json,
    /// Texts between separators; a field is one of them.
    Text,
    /// Bytes; a field is a number that begins at one of them.
    Bytes,
}

/// A field of a payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The datastream that it is.
    pub pin: Pin,
    place: Place,
    scale: f64,
    offset: f64,
    lookup: Option<BTreeMap<String, String>>,
    range: Option<[f64; 2]>,
    /// What is made of several.
    pub refine: Refine,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Names of members, from the outermost.
    Member(Vec<String>),
    Column(usize),
    Number {
        at: usize,
        kind: NumberType,
        bits: Option<(u32, u32)>,
    },
}

/// A payload as its rule reads it.
pub enum Opened<'a> {
    /// A JSON object.
    Json(&'a serde_json::Value),
    /// Texts.
    Columns(&'a [&'a str]),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Why a field of a payload gives no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Unread {
    /// The payload ends before it.
    #[error("the payload is too short for it")]
    Short,
    /// It is neither a number nor a text.
    #[error("it is neither a number nor a text")]
    NoReading,
    /// It has to be a number, and is none.
    #[error("it is no number")]
    NoNumber,
    /// The lookup has nothing for it.
    #[error("the lookup has nothing for it")]
    NotInLookup,
    /// It is out of its range.
    #[error("it is out of its range")]
    Range,
}

impl RawField {
    /// Checks it for a rule that reads payloads like that.
    pub fn check(self, decode: Decode) -> Result<Field, String> {
        let pin: Pin = self
            .pin
            .parse()
            .map_err(|_| format!("`{}` is no pin: V0 to V255", self.pin))?;
        let place = self.place(decode)?;
        for (name, number) in [("scale", self.scale), ("offset", self.offset)] {
            if number.is_some_and(|number| !number.is_finite()) {
                return Err(format!("`{name}` is no number to calculate with"));
            }
        }
        if self.lookup.is_some() && (self.scale.is_some() || self.offset.is_some()) {
            return Err(
                "`lookup` replaces the value: `scale` and `offset` have no use beside it"
                    .to_owned(),
            );
        }
        if self
            .range
            .is_some_and(|[least, most]| least.is_nan() || most.is_nan() || least > most)
        {
            return Err("`range` is [least, most]".to_owned());
        }
        let refine = self.refine()?;
        let lookup = self.lookup.map(|lookup| {
            let words = lookup.into_iter().map(|(from, to)| Ok((from, word(to)?)));
            words.collect::<Result<_, String>>()
        });
        Ok(Field {
            pin,
            place,
            scale: self.scale.unwrap_or(1.0),
            offset: self.offset.unwrap_or(0.0),
            lookup: lookup.transpose()?,
            range: self.range,
            refine,
        })
    }

    fn place(&self, decode: Decode) -> Result<Place, String> {
        let is_bytes = decode == Decode::Bytes;
        for (name, is_there, belongs, to) in [
            ("key", self.key.is_some(), decode == Decode::Json, "json"),
            (
                "column",
                self.column.is_some(),
                decode == Decode::Text,
                "text",
            ),
            ("at", self.at.is_some(), is_bytes, "bytes"),
            ("type", self.r#type.is_some(), is_bytes, "bytes"),
            ("bit", self.bit.is_some(), is_bytes, "bytes"),
            ("bits", self.bits.is_some(), is_bytes, "bytes"),
        ] {
            if is_there && !belongs {
                return Err(format!("`{name}` belongs to decode = \"{to}\""));
            }
        }
        match decode {
            Decode::Json => {
                let key = self.key.as_deref().unwrap_or(&self.pin);
                Ok(Place::Member(key.split('.').map(str::to_owned).collect()))
            }
            Decode::Text => {
                let column = self
                    .column
                    .ok_or("`column` is missing: which text it is, from 0")?;
                Ok(Place::Column(column))
            }
            Decode::Bytes => {
                let at = self
                    .at
                    .ok_or("`at` is missing: which byte it begins at, from 0")?;
                let kind = self
                    .r#type
                    .ok_or("`type` is missing: u8, i16be, f32le and so on")?;
                let bits = self.bits(kind)?;
                Ok(Place::Number { at, kind, bits })
            }
        }
    }

    fn bits(&self, kind: NumberType) -> Result<Option<(u32, u32)>, String> {
        let (first, count) = match (self.bit, self.bits) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err("`bit` or `bits`, not both".to_owned()),
            (Some(bit), None) => (bit, 1),
            (None, Some([first, count])) => (first, count),
        };
        if !kind.has_bits() {
            return Err("bits are taken from unsigned types: u8, u16be and so on".to_owned());
        }
        let end = first.checked_add(count);
        let fits = end.is_some_and(|end| end as usize <= 8 * kind.length());
        if count == 0 || !fits {
            return Err(
                "bits are counted from the lowest, which is 0; these are not all in the type"
                    .to_owned(),
            );
        }
        Ok(Some((first, count)))
    }

    fn refine(&self) -> Result<Refine, String> {
        let span = match (self.seconds, self.messages) {
            (None, None) => None,
            (Some(_), Some(_)) => return Err("`seconds` or `messages`, not both".to_owned()),
            (Some(0), None) | (None, Some(0)) => {
                return Err("an aggregate is over 1 second or message at the least".to_owned());
            }
            (Some(seconds), None) => Some(Span::Seconds(seconds)),
            (None, Some(messages)) => Some(Span::Messages(messages)),
        };
        let aggregate = match (self.aggregate, span) {
            (None, None) => None,
            (Some(aggregate), Some(span)) => Some((aggregate, span)),
            (Some(_), None) => return Err("`aggregate` needs `seconds` or `messages`".to_owned()),
            (None, Some(_)) => {
                return Err(
                    "`seconds` and `messages` need `aggregate`: mean, min, max, last, sum or count"
                        .to_owned(),
                );
            }
        };
        for (name, number) in [("min-change", self.min_change), ("every", self.every)] {
            if number.is_some_and(|number| !(number > 0.0 && number < 1e12)) {
                return Err(format!("`{name}` is a number above 0"));
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is below 10^15")]
        let every = self.every.map(|seconds| (seconds * 1_000.0) as i64);
        Ok(Refine {
            aggregate,
            min_change: self.min_change,
            every,
        })
    }
}

fn word(value: toml::Value) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Float(number) if number.is_finite() => Ok(number.to_string()),
        toml::Value::Boolean(is_so) => Ok(u8::from(is_so).to_string()),
        _ => Err("`lookup` has texts, numbers and booleans".to_owned()),
    }
}

impl Field {
    /// A field of a JSON object that is called like its pin.
    pub fn plain(pin: Pin, member: &str) -> Self {
        Self {
            pin,
            place: Place::Member(vec![member.to_owned()]),
            scale: 1.0,
            offset: 0.0,
            lookup: None,
            range: None,
            refine: Refine::default(),
        }
    }

    /// What a payload says in it. None where the payload does not have it, which is no fault in JSON.
    pub fn read(&self, payload: &Opened<'_>) -> Result<Option<Reading>, Unread> {
        let Some(raw) = self.raw(payload)? else {
            return Ok(None);
        };
        let reading = match &self.lookup {
            Some(lookup) => {
                let found = lookup.get(&raw.text()).ok_or(Unread::NotInLookup)?;
                Reading::Text(found.clone())
            }
            None if self.scale != 1.0 || self.offset != 0.0 => {
                let number = raw.as_number().ok_or(Unread::NoNumber)?;
                Reading::computed(number * self.scale + self.offset).ok_or(Unread::NoNumber)?
            }
            None if raw.is_no_number() => return Err(Unread::NoNumber),
            None => raw,
        };
        if let Some([least, most]) = self.range {
            let number = reading.as_number().ok_or(Unread::NoNumber)?;
            if !(least..=most).contains(&number) {
                return Err(Unread::Range);
            }
        }
        Ok(Some(reading))
    }

    fn raw(&self, payload: &Opened<'_>) -> Result<Option<Reading>, Unread> {
        match (&self.place, payload) {
            (Place::Member(names), Opened::Json(json)) => {
                let found = names.iter().try_fold(*json, |json, name| json.get(name));
                let reading = found.map(Reading::of_json).transpose();
                Ok(reading.map_err(|_| Unread::NoReading)?.flatten())
            }
            (Place::Column(column), Opened::Columns(all)) => {
                let text = all.get(*column).ok_or(Unread::Short)?.trim();
                Ok((!text.is_empty()).then(|| Reading::Text(text.to_owned())))
            }
            (Place::Number { at, kind, bits }, Opened::Bytes(bytes)) => {
                let number = kind.read(bytes, *at).ok_or(Unread::Short)?;
                let number = bits.map_or(number, |(first, count)| part(number, first, count));
                Reading::number(number).map(Some).ok_or(Unread::NoNumber)
            }
            // The rule opens payloads as its fields were checked for.
            _ => Ok(None),
        }
    }
}

/// Some bits of a whole number of four bytes at the most.
fn part(number: f64, first: u32, count: u32) -> f64 {
    let modulus = f64::from(2_u32).powi(count.cast_signed());
    (number / f64::from(2_u32).powi(first.cast_signed())).floor() % modulus
}
