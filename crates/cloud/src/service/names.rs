//! What follows from names and identifiers, written down beside them for those that have it not yet.

use tokio_util::sync::CancellationToken;

use super::{Broken, Core};
use crate::store::change;

/// Gives names their places in the order that have none yet, and notes what organizations' names look like and what identifiers
/// are told apart by.
pub async fn sort(core: &Core, stop: &CancellationToken) -> Result<(), Broken> {
    while !stop.is_cancelled() && core.store.has_unsorted_names().await? {
        change!(core.store, |write| write.sort_names().await)?;
    }
    while !stop.is_cancelled() && core.store.has_unseen_orgs().await? {
        change!(core.store, |write| write.see_orgs().await)?;
    }
    while !stop.is_cancelled() && core.store.has_uncompared_identifiers().await? {
        change!(core.store, |write| write.compare_identifiers().await)?;
    }
    Ok(())
}
