//! Changes that would meet in one row stand in line beforehand.
//!
//! PostgreSQL ends one of two changes that write the same row at the same time, and what that one has done until then was in
//! vain. Whoever knows beforehand that they will meet, waits here for the other one. Nothing depends on it: it spares work,
//! in one process, and between processes changes are made again as ever.

use handover_wire::OrgId;
use tokio::sync::{Mutex, MutexGuard};

use super::Store;

/// Lines, among which organizations are shared out.
const LANES: usize = 64;

/// The lines of one process.
pub(super) struct Lanes(Vec<Mutex<()>>);

impl Default for Lanes {
    fn default() -> Self {
        Self((0..LANES).map(|_| Mutex::default()).collect())
    }
}

impl Store {
    /// Waits until no other change that makes devices in this organization is under way, for as long as the guard is kept.
    /// None on SQLite, where all changes stand in one line.
    pub async fn lane(&self, org: OrgId) -> Option<MutexGuard<'_, ()>> {
        let lanes = self.lanes.as_ref()?;
        let lane = usize::try_from(org.0.unsigned_abs()).unwrap_or_default() % LANES;
        Some(lanes.0[lane].lock().await)
    }
}
