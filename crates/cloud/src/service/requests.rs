//! How many requests an organization makes: as many as published, and no more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use handover_wire::OrgId;

use super::{Core, limits};
use crate::domain::TooOften;
use crate::store::{StoreError, change};

/// Requests that an organization may make in a minute (published).
pub const A_MINUTE: u32 = 10_000;

/// Requests that a process takes from an organization's budget at a time. Several processes share one budget, and none writes
/// for each request: what one has taken and not used when it ends is lost, and is there again within seconds.
pub const AT_A_TIME: u32 = 500;

/// Requests that were taken from budgets and not made yet, by organization.
#[derive(Default)]
pub struct Requests(Mutex<HashMap<OrgId, Arc<tokio::sync::Mutex<u32>>>>);

impl Requests {
    fn of(&self, org: OrgId) -> Arc<tokio::sync::Mutex<u32>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(org).or_default().clone()
    }
}

/// Counts a request of somebody in an organization, and says whether it was too many. Where the budget cannot be asked the
/// request goes on: it will hear from the database itself.
pub async fn count(core: &Core, org: OrgId) -> Result<(), TooOften> {
    let taken = core.requests.of(org);
    // One asks the database at a time, and the others find what it took.
    let mut left = taken.lock().await;
    if *left == 0 {
        match take(core, org).await {
            Ok(outcome) => outcome?,
            Err(error) => {
                tracing::warn!(%error, "requests could not be counted");
                return Ok(());
            }
        }
        *left = AT_A_TIME;
    }
    *left -= 1;
    Ok(())
}

async fn take(core: &Core, org: OrgId) -> Result<Result<(), TooOften>, StoreError> {
    let (counted, now) = (limits::requests(core, org), core.now());
    change!(core.store, |write| limits::take(write, &[counted], now)
        .await)
}
