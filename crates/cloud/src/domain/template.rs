//! Templates: what a kind of device is, only ever whole and free of contradictions.

use std::collections::HashSet;
use std::hash::Hash;

use handover_wire::{
    DataType, Datastream, MetaField, MetaKind, TemplateEvent, TemplateParts, TemplateProblem,
};

use super::DEVICE_NAME;
use super::metadata::number;
use super::names::{plain_name, within};

/// Metadata fields and events of a template, and values of an enumeration, at the most. Pins bound the datastreams.
const MOST: usize = 100;
/// Characters of a unit.
const MOST_UNIT: usize = 20;
/// Bytes of a datastream's text, as published.
const MOST_TEXT: usize = 1_024;
/// Characters of a metadata field's content, as of a table's cell.
const MOST_CONTENT: usize = 1_000;
/// Characters of names and codes.
const MOST_NAME: usize = 50;

/// Which list of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its datastreams.
    Datastreams,
    /// Its metadata fields.
    MetaFields,
    /// Its events.
    Events,
}

impl Part {
    /// The list's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Datastreams => "datastreams",
            Self::MetaFields => "metaFields",
            Self::Events => "events",
        }
    }
}

/// Why there is no template like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part:?} {index}: {problem:?}")]
pub struct TemplateFault {
    /// What is wrong.
    pub problem: TemplateProblem,
    /// In which list.
    pub part: Part,
    /// At which place in it, from 0.
    pub index: usize,
}

/// The parts of a template: no pin, name or code is there twice, every range holds something, and every default is in it.
/// Datastreams are in the order of their pins.
#[derive(Clone, Debug, PartialEq)]
pub struct Blueprint(TemplateParts);

impl Blueprint {
    /// Checks what a person put together. Names are trimmed; an empty unit is none.
    pub fn parse(parts: TemplateParts) -> Result<Self, TemplateFault> {
        let mut pins = HashSet::new();
        let mut names = HashSet::new();
        let mut datastreams = each(Part::Datastreams, parts.datastreams, |one| {
            let one = datastream(one)?;
            once(&mut pins, one.pin, TemplateProblem::DoublePin)?;
            once(
                &mut names,
                one.name.to_lowercase(),
                TemplateProblem::DoubleName,
            )?;
            Ok(one)
        })?;
        datastreams.sort_by_key(|one| one.pin);
        let mut names = HashSet::new();
        let meta_fields = each(Part::MetaFields, parts.meta_fields, |one| {
            let one = meta_field(one)?;
            once(
                &mut names,
                one.name.to_lowercase(),
                TemplateProblem::DoubleName,
            )?;
            Ok(one)
        })?;
        let mut codes = HashSet::new();
        let events = each(Part::Events, parts.events, |one| {
            let one = event(one)?;
            once(&mut codes, one.code.clone(), TemplateProblem::DoubleName)?;
            Ok(one)
        })?;
        Ok(Self(TemplateParts {
            datastreams,
            meta_fields,
            events,
            test_values_shown: parts.test_values_shown,
            gateway_api: parts.gateway_api,
            mesh: parts.mesh,
        }))
    }

    /// The parts.
    pub fn parts(&self) -> &TemplateParts {
        &self.0
    }
}

/// Checks each one of a list, and says which it was.
fn each<T>(
    part: Part,
    list: Vec<T>,
    mut check: impl FnMut(T) -> Result<T, TemplateProblem>,
) -> Result<Vec<T>, TemplateFault> {
    // There are no more datastreams than pins.
    if part != Part::Datastreams && list.len() > MOST {
        return Err(TemplateFault {
            problem: TemplateProblem::TooMany,
            part,
            index: MOST,
        });
    }
    let checked = list.into_iter().enumerate().map(|(index, one)| {
        check(one).map_err(|problem| TemplateFault {
            problem,
            part,
            index,
        })
    });
    checked.collect()
}

fn once<T: Eq + Hash>(
    seen: &mut HashSet<T>,
    value: T,
    problem: TemplateProblem,
) -> Result<(), TemplateProblem> {
    match seen.insert(value) {
        true => Ok(()),
        false => Err(problem),
    }
}

fn datastream(one: Datastream) -> Result<Datastream, TemplateProblem> {
    let unit = one.unit.unwrap_or_default();
    let unit = within(&unit, "unit", 0, MOST_UNIT, "").map_err(|_| TemplateProblem::BadUnit)?;
    Ok(Datastream {
        name: plain_name(&one.name).map_err(|_| TemplateProblem::BadName)?,
        data_type: data_type(one.data_type)?,
        unit: (!unit.is_empty()).then_some(unit),
        ..one
    })
}

fn data_type(data_type: DataType) -> Result<DataType, TemplateProblem> {
    let good = |fits: bool, problem| if fits { Ok(()) } else { Err(problem) };
    match &data_type {
        DataType::Integer { min, max, default } => range(*min, *max, *default)?,
        DataType::Double { min, max, default } => {
            let finite = [min, max].into_iter().flatten().all(|one| one.is_finite());
            good(finite, TemplateProblem::BadRange)?;
            range(*min, *max, *default)?;
        }
        DataType::String { default } => {
            let text = default.as_deref().unwrap_or_default();
            let fits = text.len() <= MOST_TEXT && !text.contains('\0');
            good(fits, TemplateProblem::BadDefault)?;
        }
        DataType::Enum { values, default } => return enumeration(values, *default),
        DataType::Location { default } => {
            let fits = default.is_none_or(|[longitude, latitude]| {
                longitude.abs() <= 180.0 && latitude.abs() <= 90.0
            });
            good(fits, TemplateProblem::BadDefault)?;
        }
    }
    Ok(data_type)
}

/// Bounds that hold something, and a default between them. What compares with nothing (a double that is no number) is out
/// of every range.
fn range<T: PartialOrd + Copy>(
    min: Option<T>,
    max: Option<T>,
    default: Option<T>,
) -> Result<(), TemplateProblem> {
    let in_order = |low: Option<T>, high: Option<T>| match (low, high) {
        (Some(low), Some(high)) => low <= high,
        _ => true,
    };
    if !in_order(min, max) {
        return Err(TemplateProblem::BadRange);
    }
    match in_order(min, default) && in_order(default, max) {
        true => Ok(()),
        false => Err(TemplateProblem::BadDefault),
    }
}

fn enumeration(values: &[String], default: Option<u32>) -> Result<DataType, TemplateProblem> {
    if !(1..=MOST).contains(&values.len()) {
        return Err(TemplateProblem::BadValues);
    }
    let mut seen = HashSet::new();
    let values: Vec<String> = values
        .iter()
        .map(|name| {
            let name =
                within(name, "values", 1, MOST_NAME, "").map_err(|_| TemplateProblem::BadValues)?;
            once(&mut seen, name.to_lowercase(), TemplateProblem::BadValues)?;
            Ok(name)
        })
        .collect::<Result<_, TemplateProblem>>()?;
    let known = |number: u32| usize::try_from(number).is_ok_and(|number| number < values.len());
    match default.is_none_or(known) {
        true => Ok(DataType::Enum { values, default }),
        false => Err(TemplateProblem::BadDefault),
    }
}

fn meta_field(one: MetaField) -> Result<MetaField, TemplateProblem> {
    let name = within(&one.name, "name", 1, MOST_NAME, "").map_err(|_| TemplateProblem::BadName)?;
    // A table's column of this header is the device's name.
    if name == DEVICE_NAME {
        return Err(TemplateProblem::BadName);
    }
    let default = one.default.unwrap_or_default();
    let default = within(&default, "default", 0, MOST_CONTENT, "")
        .map_err(|_| TemplateProblem::BadDefault)?;
    let default = (!default.is_empty()).then_some(default);
    let is_number = |text: &String| number(text).is_some();
    if one.kind == MetaKind::Number && !default.as_ref().is_none_or(is_number) {
        return Err(TemplateProblem::BadDefault);
    }
    Ok(MetaField {
        name,
        kind: one.kind,
        default,
    })
}

fn event(one: TemplateEvent) -> Result<TemplateEvent, TemplateProblem> {
    let code = one.code.trim().to_owned();
    let sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    if !(1..=MOST_NAME).contains(&code.len()) || !code.chars().all(sign) {
        return Err(TemplateProblem::BadCode);
    }
    let name = within(&one.name, "name", 1, MOST_NAME, "").map_err(|_| TemplateProblem::BadName)?;
    Ok(TemplateEvent {
        code,
        name,
        severity: one.severity,
    })
}

#[cfg(test)]
mod tests;
