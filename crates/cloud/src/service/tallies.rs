//! Adding up what was counted.

use super::{Broken, Core};
use crate::store::change;

/// Adds up until nothing is left; what comes meanwhile has its turn later.
pub async fn fold(core: &Core) -> Result<(), Broken> {
    // Looking costs nothing; only rows to add up are worth a change.
    while core.store.has_tallies_to_fold().await?
        && change!(core.store, |write| write.fold_tallies().await)?
    {}
    Ok(())
}
