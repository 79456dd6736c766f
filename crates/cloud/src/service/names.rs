//! Bringing together what searches go through, and placing names in their order.

use tokio_util::sync::CancellationToken;

use super::{Broken, Core};
use crate::store::{Merge, TextIndex, change};

/// Merges the pieces of each index of texts where that is worth it, step by step: others change things in between. One that
/// is broken off is gone on with later.
pub async fn merge(core: &Core, stop: &CancellationToken) -> Result<(), Broken> {
    for index in TextIndex::ALL {
        if !core.store.is_scattered(index).await? {
            continue;
        }
        let mut step = Merge::Begin;
        while !stop.is_cancelled() && change!(core.store, |write| write.merge(index, step).await)? {
            step = Merge::GoOn;
        }
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
