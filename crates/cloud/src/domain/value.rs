//! Values of datastreams: typed by the template, within their range, as devices and people write them.

use handover_wire::{DataType, Datastream, RawValue, TemplateParts};

use crate::clock::Time;

/// Bytes of a text, as published.
const MOST_TEXT: usize = 1_024;
/// Seconds that a point of a batch may be old: a month, as published.
const OLDEST_SECONDS: i64 = 31 * 24 * 3_600;
/// Seconds that a device's clock may be ahead of the cloud's.
const AHEAD_SECONDS: i64 = 300;

/// What a datastream holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number, or the number of an enumeration's value.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Degrees of longitude, then of latitude.
    Place([f64; 2]),
}

/// What was written is no value of the datastream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Value doesn't match the Datastream data type.")]
pub struct WrongValue;

impl Value {
    /// Reads what a device or a person wrote, as the datastream's type has it. Numbers out of its range are brought to its
    /// end.
    pub fn read(of: &DataType, written: &[&str]) -> Result<Self, WrongValue> {
        match (of, written) {
            (DataType::Integer { min, max, .. }, [text]) => {
                let number = whole(text).ok_or(WrongValue)?;
                let number = min.map_or(number, |min| number.max(min));
                Ok(Self::Whole(max.map_or(number, |max| number.min(max))))
            }
            (DataType::Double { min, max, .. }, [text]) => {
                let number = real(text).ok_or(WrongValue)?;
                let number = min.map_or(number, |min| number.max(min));
                Ok(Self::Number(max.map_or(number, |max| number.min(max))))
            }
            (DataType::String { .. }, [text]) if text.len() <= MOST_TEXT && is_plain(text) => {
                Ok(Self::Text((*text).to_owned()))
            }
            (DataType::Enum { values, .. }, [text]) => {
                let number = whole(text).ok_or(WrongValue)?;
                let known = usize::try_from(number).is_ok_and(|number| number < values.len());
                known.then_some(Self::Whole(number)).ok_or(WrongValue)
            }
            (DataType::Location { .. }, [longitude, latitude]) => place(longitude, latitude),
            (DataType::Location { .. }, [both]) => {
                let (longitude, latitude) = both.split_once(',').ok_or(WrongValue)?;
                place(longitude, latitude)
            }
            _ => Err(WrongValue),
        }
    }

    /// Whether a number was written that this is not: it was out of its range, and this is the end of that.
    pub fn is_instead_of(&self, written: &[&str]) -> bool {
        match (self, written) {
            (Self::Whole(held), [text]) => whole(text) != Some(*held),
            (Self::Number(held), [text]) => real(text) != Some(*held),
            _ => false,
        }
    }

    /// The value before the first one.
    pub fn default_of(data_type: &DataType) -> Option<Self> {
        match data_type {
            DataType::Integer { default, .. } => default.map(Self::Whole),
            DataType::Double { default, .. } => default.map(Self::Number),
            DataType::String { default } => default.clone().map(Self::Text),
            DataType::Enum { default, .. } => default.map(|number| Self::Whole(number.into())),
            DataType::Location { default } => default.map(Self::Place),
        }
    }

    /// As devices read it: a place is two fields.
    pub fn fields(&self) -> Vec<String> {
        match self {
            Self::Whole(number) => vec![number.to_string()],
            Self::Number(number) => vec![number.to_string()],
            Self::Text(text) => vec![text.clone()],
            Self::Place(both) => both.iter().map(f64::to_string).collect(),
        }
    }

    /// As JSON.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Whole(number) => (*number).into(),
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
            Self::Place(both) => both.to_vec().into(),
        }
    }

    /// As JSON for devices, which read a number there as it stands alone: whole ones without a point.
    pub fn as_it_stands(&self) -> serde_json::Value {
        match self {
            Self::Number(number) => plain(*number),
            Self::Place(both) => both.iter().copied().map(plain).collect(),
            Self::Whole(_) | Self::Text(_) => self.json(),
        }
    }

    /// From JSON. None where it is no value.
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::String(text) => Some(Self::Text(text.clone())),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(whole) => Some(Self::Whole(whole)),
                None => number.as_f64().map(Self::Number),
            },
            serde_json::Value::Array(both) => match both.as_slice() {
                [longitude, latitude] => {
                    Some(Self::Place([longitude.as_f64()?, latitude.as_f64()?]))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// As the platform API has it.
    pub fn raw(&self) -> RawValue {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "JSON's readers have no others: as published"
            )]
            Self::Whole(number) => RawValue::Number(*number as f64),
            Self::Number(number) => RawValue::Number(*number),
            Self::Text(text) => RawValue::Text(text.clone()),
            Self::Place(both) => RawValue::Location(*both),
        }
    }

    /// What a chart has of it.
    pub fn plotted(&self, of: &DataType) -> Option<f64> {
        match (of, self.raw()) {
            (DataType::Integer { .. } | DataType::Double { .. }, RawValue::Number(number)) => {
                Some(number)
            }
            _ => None,
        }
    }
}

/// Whether a text is longer than a datastream holds. People are told that; devices read the one published sentence.
pub fn is_too_long(of: &DataType, written: &[&str]) -> bool {
    matches!(of, DataType::String { .. }) && written.iter().any(|text| text.len() > MOST_TEXT)
}

/// A value that a device wrote in JSON, as it would have written it without.
pub fn in_words(json: serde_json::Value) -> String {
    match json {
        serde_json::Value::String(text) => text,
        serde_json::Value::Bool(is_so) => u8::from(is_so).to_string(),
        serde_json::Value::Array(both) => {
            let both: Vec<String> = both.into_iter().map(in_words).collect();
            both.join(",")
        }
        other => other.to_string(),
    }
}

/// A number without a point where it is whole.
fn plain(number: f64) -> serde_json::Value {
    serde_json::from_str(&number.to_string()).unwrap_or_else(|_| number.into())
}

/// PostgreSQL's texts have no NUL.
fn is_plain(text: &str) -> bool {
    !text.contains('\0')
}

fn real(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    // A zero has no sign in a database.
    number.is_finite().then_some(number + 0.0)
}

/// Libraries write whole numbers with a point, too.
fn whole(text: &str) -> Option<i64> {
    if let Ok(number) = text.trim().parse() {
        return Some(number);
    }
    let number = real(text)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole, and within what a double counts exactly"
    )]
    let found = (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    found
}

fn place(longitude: &str, latitude: &str) -> Result<Value, WrongValue> {
    let (Some(longitude), Some(latitude)) = (real(longitude), real(latitude)) else {
        return Err(WrongValue);
    };
    match longitude.abs() <= 180.0 && latitude.abs() <= 90.0 {
        true => Ok(Value::Place([longitude, latitude])),
        false => Err(WrongValue),
    }
}

/// The number by which the HTTPS API names a datastream: its pin's and one, so that it stays whatever others there are, and
/// is never 0 (ours).
pub fn datastream_id(pin: u8) -> i64 {
    i64::from(pin) + 1
}

/// The datastream of a pin.
pub fn datastream(parts: &TemplateParts, pin: u8) -> Option<&Datastream> {
    parts.datastreams.iter().find(|one| one.pin == pin)
}

/// When a point was whose device says so: none where that is more than a month ago, or is still to come. A clock that is a
/// little ahead is taken back to now.
pub fn point_time(said: i64, now: Time) -> Option<Time> {
    let oldest = now.plus_seconds(-OLDEST_SECONDS);
    let latest = now.plus_seconds(AHEAD_SECONDS);
    (oldest.0..=latest.0)
        .contains(&said)
        .then_some(Time(said.min(now.0)))
}

/// What became of some numbers within one minute or hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gathered {
    /// How many.
    pub amount: i64,
    /// All of them together.
    pub total: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub most: f64,
}

impl Gathered {
    /// Of one number.
    pub fn of(number: f64) -> Self {
        Self {
            amount: 1,
            total: number,
            least: number,
            most: number,
        }
    }

    /// With others.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            amount: self.amount + other.amount,
            total: self.total + other.total,
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }
}

/// Milliseconds in which numbers of the history are put together, and seconds for which such a row is kept: a row for each
/// minute of the last two days, and one for each hour of the last 400 days. So a datastream has 12,480 rows at the most,
/// however often it is written.
pub const STEPS: [(i64, i64); 2] = [(60_000, 48 * 3_600), (3_600_000, 400 * 24 * 3_600)];

/// The rows of the history that a number of this time belongs to: steps and starts.
pub fn rows_of(at: Time, now: Time) -> impl Iterator<Item = (i64, i64)> {
    STEPS
        .into_iter()
        .filter(move |&(_, kept)| now.plus_seconds(-kept) <= at)
        .map(move |(step, _)| (step, at.0.div_euclid(step) * step))
}

/// The step for a chart of so many milliseconds that begins there: the finest that is still kept and gives no more than so
/// many rows.
pub fn step_for(from: Time, milliseconds: i64, most: i64, now: Time) -> i64 {
    let [(minute, kept), (hour, _)] = STEPS;
    let fits = milliseconds.div_euclid(minute) <= most;
    match fits && now.plus_seconds(-kept) <= from {
        true => minute,
        false => hour,
    }
}

#[cfg(test)]
mod tests;
