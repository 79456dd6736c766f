//! What became of a table of static tokens (ours).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Batch, DeviceWork, IdentifierKind};

/// Why a file is no table that can be imported. Crosses the network as the attribute `problem`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum TableProblem {
    /// There is nothing in it.
    Empty,
    /// It is not in UTF-8; attribute `encoding` says what it seems to be.
    Encoding,
    /// Two columns have the same header; attribute `column` names it.
    DoubleHeader,
    /// A column has no header; attribute `column` is its number, from 1.
    NoHeader,
    /// A column that was asked for is not there; attribute `column` names it.
    NoSuchColumn,
    /// A column fills no metadata field that the template has, nor anything else; attribute `column` names the field.
    NoSuchField,
    /// It has headers and no rows.
    NoRows,
    /// A quotation mark opens a cell and none closes it, which would take all that follows into the cell; attribute `line`
    /// says where.
    OpenQuote,
    /// It has more rows than can be imported; attribute `most` says how many that is.
    TooManyRows,
    /// It has more cells than can be looked through; attribute `most` says how many that is.
    TooManyCells,
}

impl TableProblem {
    /// Every problem there is.
    pub const ALL: &'static [Self] = &[
        Self::Empty,
        Self::Encoding,
        Self::DoubleHeader,
        Self::NoHeader,
        Self::NoSuchColumn,
        Self::NoSuchField,
        Self::NoRows,
        Self::OpenQuote,
        Self::TooManyRows,
        Self::TooManyCells,
    ];

    /// The problem as it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Encoding => "encoding",
            Self::DoubleHeader => "double_header",
            Self::NoHeader => "no_header",
            Self::NoSuchColumn => "no_such_column",
            Self::NoSuchField => "no_such_field",
            Self::NoRows => "no_rows",
            Self::OpenQuote => "open_quote",
            Self::TooManyRows => "too_many_rows",
            Self::TooManyCells => "too_many_cells",
        }
    }
}

/// Why a row becomes no token or device.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum RowProblem {
    /// It has more or fewer cells than there are headers.
    CellCount,
    /// The identifier's cell is empty.
    NoIdentifier,
    /// The identifier is not one of its kind.
    BadIdentifier,
    /// Another row has the same identifier; `other` is its line.
    DoubleInFile,
    /// A static token of the organization has this identifier already.
    DoubleInCloud,
    /// A device cannot be called that.
    BadName,
    /// A cell is longer than 1,000 characters, or has characters that cannot be seen.
    BadCell,
    /// The template's field holds numbers, and this is none.
    NotANumber,
}

impl RowProblem {
    /// Every problem there is.
    pub const ALL: &'static [Self] = &[
        Self::CellCount,
        Self::NoIdentifier,
        Self::BadIdentifier,
        Self::DoubleInFile,
        Self::DoubleInCloud,
        Self::BadName,
        Self::BadCell,
        Self::NotANumber,
    ];

    /// The problem as it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CellCount => "cell_count",
            Self::NoIdentifier => "no_identifier",
            Self::BadIdentifier => "bad_identifier",
            Self::DoubleInFile => "double_in_file",
            Self::DoubleInCloud => "double_in_cloud",
            Self::BadName => "bad_name",
            Self::BadCell => "bad_cell",
            Self::NotANumber => "not_a_number",
        }
    }
}

/// A row that becomes no token or device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RowFault {
    /// The line that it begins on, from 1; the headers are on the first.
    pub line: u64,
    /// What is wrong.
    pub problem: RowProblem,
    /// The header of the column, where it is about one.
    #[ts(optional)]
    pub column: Option<String>,
    /// What stands there, its first 100 characters.
    #[ts(optional)]
    pub value: Option<String>,
    /// The line of the row that has the same.
    #[ts(optional)]
    pub other: Option<u64>,
}

/// `POST /static-tokens/import` and `POST /devices/import`: what is in the table, and what it becomes.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// The headers, in their order.
    pub columns: Vec<String>,
    /// The first rows, as they were read.
    pub sample: Vec<Vec<String>>,
    /// What columns seem to identify devices by, by their headers: those whose first values are of a kind that can be told by
    /// its look, or whose header says it. A guess, for whoever says what a column is.
    #[serde(default)]
    pub looks_like: BTreeMap<String, IdentifierKind>,
    /// The header of the column that seems to have the devices' names: a guess by the headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub likely_name: Option<String>,
    /// The header of the column that seems to identify the devices, where the caller may say so: a guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub likely_identifier: Option<String>,
    /// Rows below the headers.
    pub rows: u64,
    /// Rows that can become tokens or devices.
    pub good: u64,
    /// Rows that cannot, the first 1,000 of them.
    pub faults: Vec<RowFault>,
    /// The headers of columns that fill nothing: those that a file of devices has beside their metadata, and those with
    /// secrets, which are never taken out of a table, since each row gets its own.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// Fields that columns fill and the template does not have: devices have them as metadata of their own.
    #[serde(default)]
    pub new_fields: Vec<String>,
    /// The batch that is being made of the good rows. Neither this nor `work`: nothing was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub batch: Option<Batch>,
    /// The devices that are being made of the good rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub work: Option<DeviceWork>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_written_as_it_serializes() {
        for problem in TableProblem::ALL {
            let json = serde_json::to_value(problem).expect("a problem serializes");
            assert_eq!(json, problem.as_str());
        }
        for problem in RowProblem::ALL {
            let json = serde_json::to_value(problem).expect("a problem serializes");
            assert_eq!(json, problem.as_str());
        }
    }
}
