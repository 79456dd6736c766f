//! From a table to a batch.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::Args;
use handover_wire::{ClaimProof, IdentifierKind, ImportReport};
use serde::Serialize;

use super::{Identified, NewBatch, batches};
use crate::failure::Failure;
use crate::import_report::{Columns, told};
use crate::pages;
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
    #[command(flatten)]
    columns: Columns,
}

pub fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let table = fs::read(&arguments.file).map_err(Failure::file(&arguments.file))?;
    let new = &arguments.new;
    let (report, batch) = block_on(async {
        let client = new.account.sign_in(&mut io::stdin().lock()).await?;
        let target = target(arguments)?;
        let mut report: ImportReport = client.upload(&target, &table).await?;
        told(&report, new.json);
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
    }
    arguments.columns.judge(&report, batch.is_some(), new.json)
}

fn target(arguments: &ImportArguments) -> Result<String, Failure> {
    let new = &arguments.new;
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
        ("mapping", arguments.columns.mapping()?),
        ("goodRows", Some(arguments.columns.good_rows.to_string())),
        ("dryRun", Some(arguments.columns.dry_run.to_string())),
    ];
    Ok(pages::target("static-tokens/import", &parameters))
}

/// The name of a member of a closed set on the wire.
fn named(member: impl Serialize) -> Result<String, Failure> {
    let name = serde_json::to_value(member).map_err(io::Error::from)?;
    Ok(name.as_str().unwrap_or_default().to_owned())
}
