//! `handover cloud verify-audit`: whether the audit is as it was sealed, without a running cloud.

use std::path::PathBuf;

use clap::Args;
use handover_cloud::{Config, DatabaseUrl, StartError, VerifyAuditError};
use handover_wire::Secret;

use super::secret;
use crate::audit::{Noted, report};
use crate::failure::Failure;
use crate::runtime::block_on;

/// Of which cloud.
#[derive(Args)]
pub struct VerifyAuditArguments {
    /// The folder that `handover cloud --data` has used.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The PostgreSQL database, where the cloud has one.
    #[arg(long, value_name = "URL", env = "HANDOVER_DATABASE", hide_env_values = true, value_parser = secret)]
    database: Option<Secret>,
    /// The key file, where it is not the folder's.
    #[arg(long, value_name = "FILE", env = "HANDOVER_KEY")]
    key: Option<PathBuf>,
    #[command(flatten)]
    noted: Noted,
}

/// Checks, and tells what was found.
pub fn run(arguments: &VerifyAuditArguments) -> Result<(), Failure> {
    let database = arguments.database.as_ref();
    let database = database.map(|url| DatabaseUrl::parse(url.expose()));
    let database = database.transpose();
    let config = Config {
        database: database.map_err(|error| VerifyAuditError::from(StartError::from(error)))?,
        key: arguments.key.clone(),
        ..Config::new(&arguments.data, ([127, 0, 0, 1], 0).into())
    };
    let checked = block_on(async {
        let mark = arguments.noted.mark.as_deref();
        Ok(handover_cloud::verify_audit(&config, mark).await?)
    })?;
    report(&checked, &arguments.noted)
}
