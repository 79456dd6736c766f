//! Bringing together what searches of names go through, and placing names in their order.

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

/// Gives names their places in the order that have none yet, and notes what organizations' names look like.
pub async fn sort(core: &Core, stop: &CancellationToken) -> Result<(), Broken> {
    while !stop.is_cancelled() && core.store.has_unsorted_names().await? {
        change!(core.store, |write| write.sort_names().await)?;
    }
    while !stop.is_cancelled() && core.store.has_unseen_orgs().await? {
        change!(core.store, |write| write.see_orgs().await)?;
    }
    Ok(())
}
