//! Devices in pages, and found by a part of their names.
//!
//! A page takes as long over a million devices as over a thousand: it is a stretch of an index, its number is kept
//! (`tallies`), and the rest of its rows is looked up for the page alone. Searches count to 10,000.

use handover_wire::{Device, Page, PageQuery};

use super::devices::{DeviceRow, select_devices};
use super::engine::Engine;
use super::listing::{Bound, Listing, contains, sought_phrase};
use super::{Store, StoreError};
use crate::domain::Reach;

/// Hits that a search counts.
const MOST_HITS: u64 = 10_000;

/// So many devices are looked through one by one in less time than the hits among all others' are sorted out.
const FEW: u64 = 20_000;

/// How many devices there are in an organization, `own`, or in it and below, `reach`.
macro_rules! tally {
    ($kind:literal) => {
        concat!(
            "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM tallies
             WHERE kind = '",
            $kind,
            "' AND of_id = $1"
        )
    };
}

/// A page of the devices that a query gives the numbers of, the newest first.
macro_rules! page {
    ($ids:literal, $limit:literal) => {
        select_devices!(
            "WHERE d.id IN (",
            $ids,
            " ORDER BY id DESC ",
            $limit,
            ") ORDER BY d.id DESC"
        )
    };
}

/// The two queries of a search: hits, as far as they are counted, and a page of them.
macro_rules! search {
    ($ids:literal) => {
        (
            concat!("SELECT COUNT(*) FROM (", $ids, " LIMIT 10001) hits"),
            page!($ids, "LIMIT $3 OFFSET $4"),
        )
    };
}

/// Whether one organization is meant, without those below.
fn is_one(reach: Reach) -> bool {
    reach == Reach::only(reach.org)
}

fn count(reach: Reach) -> &'static str {
    if is_one(reach) {
        tally!("own")
    } else {
        tally!("reach")
    }
}

/// Looks through all devices within reach; PostgreSQL has an index for the pattern, and knows when it is worth it.
fn one_by_one(reach: Reach) -> (&'static str, &'static str) {
    if is_one(reach) {
        search!("SELECT id FROM devices WHERE org_id = $1 AND name_folded LIKE $2 ESCAPE '\\'")
    } else {
        search!(
            "SELECT r.device_id AS id FROM device_reach r JOIN devices e ON e.id = r.device_id
             WHERE r.ancestor_id = $1 AND e.name_folded LIKE $2 ESCAPE '\\'"
        )
    }
}

/// Looks through the hits among all devices, which SQLite's index gives in their order.
fn by_index(reach: Reach) -> (&'static str, &'static str) {
    if is_one(reach) {
        search!(
            "SELECT e.id FROM device_names CROSS JOIN devices e ON e.id = device_names.rowid
             WHERE e.org_id = $1 AND device_names MATCH $2"
        )
    } else {
        search!(
            "SELECT device_names.rowid AS id FROM device_names
             CROSS JOIN device_reach r ON r.device_id = device_names.rowid
             WHERE r.ancestor_id = $1 AND device_names MATCH $2"
        )
    }
}

impl Store {
    /// The devices within reach, the newest first.
    pub async fn devices(&self, reach: Reach, page: PageQuery) -> Result<Page<Device>, StoreError> {
        let listing = Listing {
            count: count(reach),
            rows: if is_one(reach) {
                page!(
                    "SELECT id FROM devices WHERE org_id = $1",
                    "LIMIT $2 OFFSET $3"
                )
            } else {
                page!(
                    "SELECT device_id AS id FROM device_reach WHERE ancestor_id = $1",
                    "LIMIT $2 OFFSET $3"
                )
            },
            bound: &[Bound::Number(reach.org.0)],
        };
        let page: Page<DeviceRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.device))
    }

    /// The devices within reach whose names hold the text, of three characters at least, the newest first.
    pub async fn find_devices(
        &self,
        reach: Reach,
        search: &str,
        page: PageQuery,
    ) -> Result<Page<Device>, StoreError> {
        let all: i64 = sqlx::query_scalar(count(reach))
            .bind(reach.org.0)
            .fetch_one(&mut *self.read().await?)
            .await?;
        let is_indexed = self.engine == Engine::Sqlite && all.unsigned_abs() > FEW;
        let ((count, rows), sought) = match is_indexed {
            true => (by_index(reach), sought_phrase(search)),
            false => (one_by_one(reach), contains(search)),
        };
        let listing = Listing {
            count,
            rows,
            bound: &[Bound::Number(reach.org.0), Bound::Text(&sought)],
        };
        let page: Page<DeviceRow> = self.list(listing, page).await?;
        Ok(Page {
            total_elements: page.total_elements.min(MOST_HITS),
            total_is_lower_bound: page.total_elements > MOST_HITS,
            ..page.map(|row| row.device)
        })
    }
}
