//! Bringing together what searches of names go through.

use tokio_util::sync::CancellationToken;

use super::{Broken, Core};
use crate::store::{Merge, change};

/// Merges the pieces of the index of names where that is worth it, step by step: others change things in between. One that
/// is broken off is gone on with later.
pub async fn merge(core: &Core, stop: &CancellationToken) -> Result<(), Broken> {
    if !core.store.are_names_scattered().await? {
        return Ok(());
    }
    let mut step = Merge::Begin;
    while !stop.is_cancelled() && change!(core.store, |write| write.merge_names(step).await)? {
        step = Merge::GoOn;
    }
    Ok(())
}
