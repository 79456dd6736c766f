//! `handover cloud migrate`: from a folder to PostgreSQL.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use handover_cloud::{Copied, DatabaseUrl, MigrateError};
use handover_wire::Secret;
use serde_json::json;

use super::secret;
use crate::failure::Failure;
use crate::runtime::block_on;

/// From where to where.
#[derive(Args)]
pub struct MigrateArguments {
    /// The folder that `handover cloud --data` has used. It stays as it is.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The database, without any table: postgres://USER@HOST/DATABASE.
    #[arg(long, value_name = "URL", env = "HANDOVER_DATABASE", hide_env_values = true, value_parser = secret)]
    to: Secret,
    /// Prints one JSON object for each table and one at the end.
    #[arg(long)]
    json: bool,
}

/// Copies, and tells of each table.
pub fn run(arguments: &MigrateArguments) -> Result<(), Failure> {
    let to = DatabaseUrl::parse(arguments.to.expose()).map_err(MigrateError::from)?;
    let told = |table: &Copied| {
        // With nobody to read it, the work goes on all the same.
        let _ = tell(table, arguments.json);
    };
    let copied =
        block_on(async { Ok(handover_cloud::migrate(&arguments.from, &to, told).await?) })?;
    let rows: u64 = copied.iter().map(|table| table.rows).sum();
    let mut out = io::stdout().lock();
    if arguments.json {
        let all = json!({ "tables": copied.len(), "rows": rows, "verified": true });
        return Ok(writeln!(out, "{all}")?);
    }
    writeln!(
        out,
        "{rows} rows of {} tables are in {to}, each read again and compared.",
        copied.len()
    )?;
    let folder = arguments.from.display();
    writeln!(
        out,
        "From now on: handover cloud --data {folder} --database URL. The key in that folder is needed; cloud.db there is \
         no longer used."
    )?;
    Ok(())
}

fn tell(table: &Copied, json: bool) -> io::Result<()> {
    let Copied { table, rows } = table;
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", json!({ "table": table, "rows": rows }))
    } else {
        writeln!(out, "{table:<16} {rows:>9} rows")
    }
}
