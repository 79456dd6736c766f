//! `handover cloud verify-audit`: whether the audit is as it was sealed, where no cloud has to run for it.

use std::path::PathBuf;

use handover_wire::AuditCheck;

use crate::domain::Link;
use crate::service::audit;
use crate::start::{Config, StartError};

/// Why nothing can be said about the audit.
#[derive(Debug, thiserror::Error)]
pub enum VerifyAuditError {
    /// There is nothing in the folder.
    #[error(
        "{0} holds no database. Give the folder that `handover cloud --data` has used with --data, or the database with \
         --database."
    )]
    NoData(PathBuf),
    /// What was noted is no mark.
    #[error("--mark is like 1234:0a1b…, as an earlier verification printed it.")]
    BadMark,
    /// The database or the key cannot be used.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Looks at the whole chain, from the first row to its end, and whether a mark of an earlier look is in it. No cloud may
/// run on the folder meanwhile.
pub async fn verify_audit(
    config: &Config,
    mark: Option<&str>,
) -> Result<AuditCheck, VerifyAuditError> {
    let noted = mark.map(|mark| Link::of_mark(mark).ok_or(VerifyAuditError::BadMark));
    let noted = noted.transpose()?;
    if config.database.is_none() && !config.data.join("cloud.db").is_file() {
        return Err(VerifyAuditError::NoData(config.data.clone()));
    }
    let _lock = config.lock()?;
    let store = config.open_store().await?;
    let keys = config.open_key(&store).await;
    let checked = match keys {
        Ok(keys) => audit::check(&store, &keys, noted)
            .await
            .map_err(|error| config.broken(error)),
        Err(error) => Err(error),
    };
    store.close().await;
    Ok(checked?)
}
