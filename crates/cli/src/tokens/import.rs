//! From a table to a batch.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use handover_wire::{ClaimProof, IdentifierKind, ImportReport, RowFault, RowProblem};
use serde::Serialize;

use super::{Identified, NewBatch, batches};
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;

#[derive(Args)]
pub struct ImportArguments {
    #[command(flatten)]
    new: NewBatch,
    /// The table.
    file: PathBuf,
    /// The batch's name: 1 to 50 letters, digits, spaces or '_-. Labels and files are named by it.
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    name: Option<String>,
    /// The header of the column that identifies the devices.
    #[arg(long, value_name = "HEADER", requires = "kind")]
    identifier: Option<String>,
    #[command(flatten)]
    identified: Identified,
    /// Fills another field with a column than that of its header; nothing behind `=` leaves it out. May be repeated.
    #[arg(long, value_name = "HEADER=FIELD", value_parser = mapped)]
    map: Vec<(String, String)>,
    /// Imports the rows that are good where others are not.
    #[arg(long)]
    good_rows: bool,
    /// Looks through the table and imports nothing.
    #[arg(long)]
    dry_run: bool,
}

fn mapped(text: &str) -> Result<(String, String), String> {
    let (header, field) = text
        .split_once('=')
        .ok_or("HEADER=FIELD is needed, as in `Serial No=Serial Number`")?;
    Ok((header.to_owned(), field.to_owned()))
}

pub fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let table = fs::read(&arguments.file).map_err(Failure::file(&arguments.file))?;
    let new = &arguments.new;
    let (report, batch) = block_on(async {
        let client = new.account.sign_in(&mut io::stdin().lock()).await?;
        let target = target(arguments)?;
        let mut report: ImportReport = client.upload(&target, &table).await?;
        tell(&report);
        let batch = match report.batch.take() {
            Some(batch) => Some(batches::made(&client, batch, new.no_wait).await?),
            None => None,
        };
        Ok((report, batch))
    })?;
    if new.json {
        let report = ImportReport {
            batch: batch.clone(),
            ..report.clone()
        };
        pages::write_json(&mut io::stdout().lock(), &[report])?;
    } else if let Some(batch) = &batch {
        batches::told(batch, false)?;
    } else if arguments.dry_run {
        let ImportReport { good, rows, .. } = report;
        writeln!(io::stdout(), "{good} of {rows} rows are good")?;
    }
    match batch {
        None if !arguments.dry_run => Err(Failure::RowsAtFault {
            at_fault: report.rows - report.good,
            rows: report.rows,
        }),
        _ => Ok(()),
    }
}

fn target(arguments: &ImportArguments) -> Result<String, Failure> {
    let new = &arguments.new;
    let fields: BTreeMap<_, _> = arguments.map.iter().cloned().collect();
    let fields = match fields.is_empty() {
        true => None,
        false => Some(serde_json::to_string(&fields).map_err(io::Error::from)?),
    };
    let identified = &arguments.identified;
    let kind = identified.kind.map(IdentifierKind::from);
    let proof = kind.map(|_| ClaimProof::from(identified.proof));
    let parameters = [
        ("templateId", Some(new.template.clone())),
        ("orgId", new.organization.map(|id| id.to_string())),
        ("name", arguments.name.clone()),
        ("note", new.note.clone()),
        ("secrets", arguments.new.once.then(|| "once".to_owned())),
        ("identifierColumn", arguments.identifier.clone()),
        ("identifierKind", kind.map(named).transpose()?),
        ("identifierPattern", identified.pattern.clone()),
        ("proof", proof.map(named).transpose()?),
        ("mapping", fields),
        ("goodRows", Some(arguments.good_rows.to_string())),
        ("dryRun", Some(arguments.dry_run.to_string())),
    ];
    Ok(pages::target("static-tokens/import", &parameters))
}

/// The name of a member of a closed set on the wire.
fn named(member: impl Serialize) -> Result<String, Failure> {
    let name = serde_json::to_value(member).map_err(io::Error::from)?;
    Ok(name.as_str().unwrap_or_default().to_owned())
}

/// Each row at fault with its line, on standard error; with nobody to read it the work goes on.
fn tell(report: &ImportReport) {
    let mut out = io::stderr().lock();
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
        RowProblem::BadName => format!(
            "no device can be called {value:?}: 1 to 50 letters, digits, spaces or '_- are allowed"
        ),
        RowProblem::BadCell => format!(
            "{column:?} has more than 1,000 characters, or some that cannot be seen: shorten it"
        ),
    };
    format!("line {}: {why}", fault.line)
}
