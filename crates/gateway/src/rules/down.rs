//! Orders to nodes as bytes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::number::{NumberType, unhex};

/// As the configuration has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawDown {
    datastream: String,
    prefix: Option<String>,
    r#type: Option<NumberType>,
    scale: Option<f64>,
    offset: Option<f64>,
    lookup: Option<BTreeMap<String, i64>>,
}

/// How one datastream's values become bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Down {
    /// Its name, or its pin.
    pub datastream: String,
    prefix: Vec<u8>,
    kind: Option<NumberType>,
    scale: f64,
    offset: f64,
    lookup: BTreeMap<String, i64>,
}

/// An order that cannot be said to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsayable {
    /// It has to be a number, and is none.
    #[error("it is no number")]
    NoNumber,
    /// The number does not fit.
    #[error("it does not fit the type")]
    DoesNotFit,
    /// Some of several values have a rule, and others have none.
    #[error("of several values at once some have a rule to say them by, and others have none")]
    Mixed,
}

impl RawDown {
    /// Checks it.
    pub fn check(self) -> Result<Down, String> {
        let prefix = unhex(self.prefix.as_deref().unwrap_or_default());
        let prefix = prefix.ok_or("`prefix` has pairs of hexadecimal digits: \"02 ff\"")?;
        let (scale, offset) = (self.scale.unwrap_or(1.0), self.offset.unwrap_or(0.0));
        if scale == 0.0 || !scale.is_finite() || !offset.is_finite() {
            return Err(
                "`scale` is not 0, and it and `offset` are numbers to calculate with".to_owned(),
            );
        }
        if self.r#type.is_none()
            && (self.scale.is_some() || self.offset.is_some() || self.lookup.is_some())
        {
            return Err("`type` is missing: u8, i16be, f32le and so on".to_owned());
        }
        Ok(Down {
            datastream: self.datastream,
            prefix,
            kind: self.r#type,
            scale,
            offset,
            lookup: self.lookup.unwrap_or_default(),
        })
    }
}

impl Down {
    /// The bytes of a value: the prefix, and the value as a number or, without a type, as its text.
    pub fn write(&self, value: &str) -> Result<Vec<u8>, Unsayable> {
        let mut bytes = self.prefix.clone();
        let Some(kind) = self.kind else {
            bytes.extend(value.as_bytes());
            return Ok(bytes);
        };
        let number = match self.lookup.get(value) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "what does not fit the type is refused"
            )]
            Some(number) => *number as f64,
            None => {
                let number: f64 = value.trim().parse().map_err(|_| Unsayable::NoNumber)?;
                (number - self.offset) / self.scale
            }
        };
        let number = Some(number).filter(|number| number.is_finite());
        bytes.extend(
            number
                .and_then(|number| kind.write(number))
                .ok_or(Unsayable::DoesNotFit)?,
        );
        Ok(bytes)
    }
}

/// A value as JSON text: `{"Light":7}`. A place has two numbers.
pub fn as_json(datastream: &str, value: &str) -> Vec<u8> {
    let one = |text: &str| match text.parse::<serde_json::Number>() {
        Ok(number) => serde_json::Value::Number(number),
        Err(_) => text.into(),
    };
    let value = match value.split_once('\0') {
        Some((longitude, latitude)) => serde_json::json!([one(longitude), one(latitude)]),
        None => one(value),
    };
    let object: serde_json::Map<_, _> = [(datastream.to_owned(), value)].into_iter().collect();
    serde_json::Value::Object(object).to_string().into_bytes()
}
