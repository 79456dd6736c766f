//! Bringing together the indexes of texts that searches go through.

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
