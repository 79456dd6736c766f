//! What a field of a payload says.

use serde::{Deserialize, Serialize};

/// Digits of a number that was computed: 0.1 × 3 is 0.3.
const DIGITS: usize = 12;
/// Beyond it not every whole number is one of these numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number or a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reading {
    /// A number, which is finite.
    Number(f64),
    /// A text.
    Text(String),
}

impl Reading {
    /// A number, where it is one.
    pub fn number(number: f64) -> Option<Self> {
        // A zero has no sign in a database.
        number.is_finite().then_some(Self::Number(number + 0.0))
    }

    /// A number that was computed, without the digits that computing adds.
    pub fn computed(number: f64) -> Option<Self> {
        let rounded = format!("{number:.*e}", DIGITS - 1).parse();
        Self::number(rounded.unwrap_or(number))
    }

    /// The number, also of a text that says one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text
                .trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite()),
        }
    }

    /// Whether it is a text that stands for no number in particular, as `NaN` and `inf` do: no datastream holds that, and the
    /// cloud would refuse it later.
    pub fn is_no_number(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Text(text) => {
                let number = text.trim().parse::<f64>();
                // What is too great to be one is written in digits.
                let is_word = !text.contains(|one: char| one.is_ascii_digit());
                is_word && number.is_ok_and(|number| !number.is_finite())
            }
        }
    }

    /// As the cloud takes it.
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// What a member of a JSON object says; `null` says nothing.
    pub fn of_json(json: &serde_json::Value) -> Result<Option<Self>, NoReading> {
        use serde_json::Value as Json;
        Ok(match json {
            Json::Null => None,
            Json::Bool(is_so) => Some(Self::Number(f64::from(u8::from(*is_so)))),
            Json::Number(number) => match number.as_f64().filter(|number| number.abs() < EXACT) {
                Some(number) => Self::number(number),
                None => Some(Self::Text(number.to_string())),
            },
            Json::String(text) => Some(Self::Text(text.clone())),
            // A place.
            Json::Array(both) => match both.as_slice() {
                [longitude, latitude] if longitude.is_number() && latitude.is_number() => {
                    Some(Self::Text(format!("{longitude},{latitude}")))
                }
                _ => return Err(NoReading),
            },
            Json::Object(_) => return Err(NoReading),
        })
    }
}

/// It is neither a number nor a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoReading;
