//! Tables that are imported: what their columns are, and what is wrong with their rows.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::Args;
use handover_wire::{ImportReport, RowFault, RowProblem};

use crate::failure::Failure;
use crate::printable::printable;

/// What to make of a table.
#[derive(Args)]
pub struct Columns {
    /// Fills another field with a column than that of its header; nothing behind `=` leaves it out. May be repeated.
    #[arg(long, value_name = "HEADER=FIELD", value_parser = mapped)]
    map: Vec<(String, String)>,
    /// Imports the rows that are good where others are not.
    #[arg(long)]
    pub good_rows: bool,
    /// Looks through the table and imports nothing.
    #[arg(long)]
    pub dry_run: bool,
}

fn mapped(text: &str) -> Result<(String, String), String> {
    let (header, field) = text
        .split_once('=')
        .ok_or("HEADER=FIELD is needed, as in `Serial No=Serial Number`")?;
    Ok((header.to_owned(), field.to_owned()))
}

impl Columns {
    /// What columns fill, as the cloud takes it; nothing where each fills the field of its header.
    pub fn mapping(&self) -> Result<Option<String>, Failure> {
        let fields: BTreeMap<_, _> = self.map.iter().cloned().collect();
        Ok(match fields.is_empty() {
            true => None,
            false => Some(serde_json::to_string(&fields).map_err(io::Error::from)?),
        })
    }

    /// Says how many rows are good where that was all that was asked, and fails where something was to be imported and
    /// nothing was.
    pub fn judge(&self, report: &ImportReport, took: bool, json: bool) -> Result<(), Failure> {
        let ImportReport { good, rows, .. } = report;
        if self.dry_run && !json {
            writeln!(io::stdout(), "{good} of {rows} rows are good")?;
        }
        match took || self.dry_run {
            true => Ok(()),
            false => Err(Failure::RowsAtFault {
                good: *good,
                rows: *rows,
            }),
        }
    }
}

/// Each row at fault with its line, on standard error, for people: programs have all of it in the report. With nobody to read
/// it the work goes on.
pub fn told(report: &ImportReport, json: bool) {
    if json {
        return;
    }
    let mut out = io::stderr().lock();
    if !report.left_out.is_empty() {
        let columns: Vec<String> = report.left_out.iter().map(|one| printable(one)).collect();
        let _ = writeln!(out, "left out: {}", columns.join(", "));
    }
    if !report.new_fields.is_empty() {
        let fields: Vec<String> = report.new_fields.iter().map(|one| printable(one)).collect();
        let fields = fields.join(", ");
        let _ = writeln!(
            out,
            "metadata that the template has no field for: {fields} (`--map \"HEADER=\"` leaves a column out)"
        );
    }
    for fault in &report.faults {
        let _ = writeln!(out, "{}", sentence(fault));
    }
    let shown = u64::try_from(report.faults.len()).unwrap_or(u64::MAX);
    let more = (report.rows - report.good).saturating_sub(shown);
    if more > 0 {
        let _ = writeln!(out, "and {more} more rows");
    }
}

/// What is wrong, and what to do about it.
fn sentence(fault: &RowFault) -> String {
    let column = printable(fault.column.as_deref().unwrap_or_default());
    let value = printable(fault.value.as_deref().unwrap_or_default());
    let why = match fault.problem {
        RowProblem::CellCount => {
            "it has more or fewer cells than there are headers: check its separators and quotes"
                .to_owned()
        }
        RowProblem::NoIdentifier => format!("{column:?} is empty: fill it in, or delete the row"),
        RowProblem::BadIdentifier => {
            format!("{value:?} in {column:?} is not what it must be: read it off the device again")
        }
        RowProblem::DoubleInFile => format!(
            "{value:?} stands on line {} already: delete one of the rows",
            fault.other.unwrap_or_default()
        ),
        RowProblem::DoubleInCloud => {
            format!("{value:?} has a token already: delete the row, or revoke that token first")
        }
        RowProblem::NotANumber => {
            format!("{value:?} in {column:?} is no number, and the template's field holds numbers")
        }
        RowProblem::BadName => format!(
            "no device can be called {value:?}: 1 to 50 letters, digits, spaces or '_- are allowed"
        ),
        RowProblem::BadCell => format!(
            "{column:?} has more than 1,000 characters, or some that cannot be seen: shorten it"
        ),
    };
    format!("line {}: {why}", fault.line)
}
