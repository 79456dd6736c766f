//! Templates: what a kind of device is, and what its devices send, keep and tell.

use serde::{Deserialize, Serialize};

use crate::{OrgId, TemplateId};

/// A kind of device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// The numeric id; static tokens carry it as `productId`.
    pub id: i64,
    /// The public id, `TMPL` and nine characters.
    pub template_id: TemplateId,
    /// The organization that owns it; organizations below may use it.
    pub org_id: OrgId,
    /// What the product is called.
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
}

/// `GET /template`: a kind of device with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct TemplateDetails {
    /// The kind of device.
    #[serde(flatten)]
    pub template: Template,
    /// How often it was changed, from 1 (ours): whoever changes it says which revision they began with.
    pub revision: i64,
    /// What belongs to it.
    #[serde(flatten)]
    pub parts: TemplateParts,
}

/// `POST /template` and `PUT /template`: a kind of device as it is to be, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct TemplateDraft {
    /// What the product is called: 1 to 50 letters, digits, spaces or `'_-`.
    pub name: String,
    /// Free text, 1,000 characters at the most.
    #[serde(default)]
    pub description: Option<String>,
    /// The revision that it was when the change began (ours). Needed for a change, so that nothing is written over that
    /// somebody else wrote meanwhile; of no account for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub revision: Option<i64>,
    /// What belongs to it.
    #[serde(flatten)]
    pub parts: TemplateParts,
}

/// What belongs to a template.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateParts {
    /// What devices measure and are told, by pin.
    #[serde(default)]
    pub datastreams: Vec<Datastream>,
    /// What is known about each device; 100 at the most.
    #[serde(default)]
    pub meta_fields: Vec<MetaField>,
    /// What devices tell people about; 100 at the most.
    #[serde(default)]
    pub events: Vec<TemplateEvent>,
    /// Whether the first owner of a device sees what it said while the maker tried it out (ours).
    #[serde(default)]
    pub test_values_shown: bool,
    /// Whether devices of it speak for nodes: the published switch "Enable for Gateway API".
    #[serde(default)]
    pub gateway_api: bool,
    /// Whether devices of it are nodes of a mesh, whose gateways are given keys and never their auth tokens (ours). Not
    /// together with `gatewayApi`.
    #[serde(default)]
    pub mesh: bool,
}

/// One value that a device has (the shape is ours).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Datastream {
    /// The virtual pin, V0 to V255, each once.
    pub pin: u8,
    /// What people and programs call it, each name once: 1 to 50 letters, digits, spaces or `'_-`.
    pub name: String,
    /// What its values are.
    pub data_type: DataType,
    /// What its numbers count, as in `°C`: 20 characters at the most.
    #[serde(default)]
    pub unit: Option<String>,
    /// Whether people may set it, too; devices always may.
    #[serde(default)]
    pub writable: bool,
    /// Whether what people set waits for a device that is away.
    #[serde(default)]
    pub queued: bool,
}

/// What the values of a datastream are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DataType {
    /// Whole numbers.
    Integer {
        /// The least.
        #[serde(default)]
        min: Option<i64>,
        /// The greatest.
        #[serde(default)]
        max: Option<i64>,
        /// The value before the first one.
        #[serde(default)]
        default: Option<i64>,
    },
    /// Numbers.
    Double {
        /// The least.
        #[serde(default)]
        min: Option<f64>,
        /// The greatest.
        #[serde(default)]
        max: Option<f64>,
        /// The value before the first one.
        #[serde(default)]
        default: Option<f64>,
    },
    /// Texts of 1,024 bytes at the most, as published.
    String {
        /// The value before the first one.
        #[serde(default)]
        default: Option<String>,
    },
    /// One of several: its number is the value, from 0.
    Enum {
        /// What each is called, in the order of their numbers: 1 to 100 names, each once.
        values: Vec<String>,
        /// The number of the value before the first one.
        #[serde(default)]
        default: Option<u32>,
    },
    /// Places.
    Location {
        /// The place before the first one: degrees of longitude, then of latitude.
        #[serde(default)]
        default: Option<[f64; 2]>,
    },
}

/// Something that is known about each device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MetaField {
    /// What it is called, each name once: 1 to 50 characters. Columns of tables are found by it.
    pub name: String,
    /// What it holds.
    pub kind: MetaKind,
    /// What a new device has there.
    #[serde(default)]
    pub default: Option<String>,
}

/// What a metadata field holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum MetaKind {
    /// Any text of 1,000 characters at the most.
    Text,
    /// A number.
    Number,
}

/// Something that a device tells people about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateEvent {
    /// What the device calls it, each code once: 1 to 50 letters of ASCII, digits or `_`.
    pub code: String,
    /// What people call it: 1 to 50 characters.
    pub name: String,
    /// How much it matters.
    pub severity: Severity,
}

/// How much an event matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look.
    Warning,
    /// Something is wrong.
    Critical,
}

/// Why there is no template like this. Crosses the network as the attribute `problem`; `part` says in which list, and
/// `index` at which place in it, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum TemplateProblem {
    /// The list is too long.
    TooMany,
    /// Another datastream has this pin.
    DoublePin,
    /// It cannot be called that.
    BadName,
    /// Another one of the list has this name or code.
    DoubleName,
    /// Another sign than letters of ASCII, digits and `_` is in a code, or it is too long or empty.
    BadCode,
    /// The unit is too long, or not to be seen.
    BadUnit,
    /// The least is above the greatest, or one of them is no number.
    BadRange,
    /// The enumeration has no value, too many, one of no name or two of the same.
    BadValues,
    /// The default is none of the values that there may be.
    BadDefault,
}

impl TemplateProblem {
    /// Every problem there is.
    pub const ALL: &'static [Self] = &[
        Self::TooMany,
        Self::DoublePin,
        Self::BadName,
        Self::DoubleName,
        Self::BadCode,
        Self::BadUnit,
        Self::BadRange,
        Self::BadValues,
        Self::BadDefault,
    ];

    /// The problem as it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::DoublePin => "double_pin",
            Self::BadName => "bad_name",
            Self::DoubleName => "double_name",
            Self::BadCode => "bad_code",
            Self::BadUnit => "bad_unit",
            Self::BadRange => "bad_range",
            Self::BadValues => "bad_values",
            Self::BadDefault => "bad_default",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_problem_is_written_as_it_serializes() {
        for problem in TemplateProblem::ALL {
            let json = serde_json::to_value(problem).expect("a problem serializes");
            assert_eq!(json, problem.as_str());
        }
    }

    #[test]
    fn a_draft_takes_no_more_than_a_name() {
        let draft: TemplateDraft = serde_json::from_value(json!({"name": "Pump"})).expect("reads");
        assert_eq!(draft.parts, TemplateParts::default());
    }
}
