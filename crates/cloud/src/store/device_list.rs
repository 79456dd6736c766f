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

/// The query that counts the devices within reach, whose organization is its one parameter.
pub(super) fn count(reach: Reach) -> &'static str {
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
        self.find_devices_among(FEW, reach, search, page).await
    }

    async fn find_devices_among(
        &self,
        few: u64,
        reach: Reach,
        search: &str,
        page: PageQuery,
    ) -> Result<Page<Device>, StoreError> {
        let all: i64 = sqlx::query_scalar(count(reach))
            .bind(reach.org.0)
            .fetch_one(&mut *self.read().await?)
            .await?;
        let is_indexed = self.engine == Engine::Sqlite && all.unsigned_abs() > few;
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

#[cfg(test)]
mod tests {
    use handover_wire::{OrgId, Role};
    use serde_json::json;
    use sqlx::{AssertSqlSafe, Row as _};

    use super::*;
    use crate::service::tallies;
    use crate::testing::{Ground, Site};

    /// Kinds of numbers that are kept, beside the same counted.
    const COUNTED: [&str; 4] = [
        "SELECT COUNT(*) FROM devices d WHERE d.org_id = 2",
        "SELECT COUNT(*) FROM devices d JOIN org_tree t ON t.org_id = d.org_id WHERE t.ancestor_id = 1",
        "SELECT COUNT(*) FROM static_tokens WHERE batch_id = 1 AND revoked_at IS NULL
         AND claimed_at IS NOT NULL",
        "SELECT COUNT(*) FROM static_tokens WHERE batch_id = 1 AND revoked_at IS NOT NULL",
    ];
    const KEPT: [&str; 4] = [
        "SELECT CAST(SUM(amount) AS BIGINT) FROM tallies WHERE kind = 'own' AND of_id = 2",
        "SELECT CAST(SUM(amount) AS BIGINT) FROM tallies WHERE kind = 'reach' AND of_id = 1",
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM tallies
         WHERE kind = 'claimed' AND of_id = 1",
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM tallies
         WHERE kind = 'revoked' AND of_id = 1",
    ];
    const REACH: &str = "SELECT COUNT(*) FROM device_reach WHERE ancestor_id = 1";

    async fn assert_kept_is_counted(site: &Site) {
        for (counted, kept) in COUNTED.into_iter().zip(KEPT) {
            assert_eq!(site.count(counted).await, site.count(kept).await, "{kept}");
        }
        assert_eq!(site.count(REACH).await, site.count(KEPT[1]).await);
    }

    #[tokio::test]
    async fn what_is_kept_is_what_is_counted() {
        let site = Site::demo().await;
        assert_kept_is_counted(&site).await;
        let admin = site.sign_in(Role::Admin).await;
        let customer = site.sign_in(Role::User).await;
        let body = json!({ "templateId": "TMPLsoil00001", "name": "Few", "count": 5 });
        let batch = admin.post("/static-tokens/batches", body).await.json();
        let of_batch = format!("/static-tokens/batch?batchId={}", batch["id"]);
        while admin.get(&of_batch).await.json()["state"] != "ready" {
            tokio::task::yield_now().await;
        }
        // The QR tokens of a batch leave it in an export alone; a token's digest is enough to claim it here.
        site.execute(
            "UPDATE static_tokens SET claimed_at = 1, claimed_org_id = 2 WHERE batch_id = 1 AND number < 3",
        )
        .await;
        let revoked = json!({ "batchId": batch["id"] });
        assert_eq!(
            admin.post("/static-tokens/revoke", revoked).await.json()["revoked"],
            3
        );
        let claimed = customer.claim(&site.qr(3)).await.json();
        let moved = json!({ "deviceId": claimed["id"], "newOrgId": 1, "newUserId": 1 });
        assert_eq!(admin.post("/device/transfer", moved).await.status, 204);
        customer.claim(&site.qr(4)).await;
        assert_eq!(customer.delete("/device?deviceId=1").await.status, 204);
        assert_kept_is_counted(&site).await;
        tallies::fold(site.cloud.core()).await.expect("folded");
        assert_kept_is_counted(&site).await;
        assert_eq!(
            site.count("SELECT COUNT(*) FROM tallies WHERE of_id = 1 AND kind = 'reach'")
                .await,
            1
        );
        let counted = admin.get(&of_batch).await.json();
        let states = ["unclaimed", "claimed", "revoked"].map(|state| counted[state].as_i64());
        assert_eq!(states, [Some(0), Some(2), Some(3)]);
    }

    #[tokio::test]
    async fn both_ways_to_search_find_the_same() {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        for name in ["Tomato Bett", "Ärger's Pumpe", "Pump_10 -"] {
            let id = customer.claim(&site.qr(3)).await.json()["id"].clone();
            let path = format!("/device?deviceId={id}");
            let renamed = customer.put(&path, json!({ "name": name })).await;
            assert_eq!(renamed.status, 200, "{name}");
        }
        customer.delete("/device?deviceId=3").await;
        let store = &site.cloud.core().store;
        for (search, hits) in [
            ("tomato", 1),
            ("ATO", 1),
            ("orchard", 0),
            ("pump", 1),
            ("p_1", 1),
            ("ärg", 0),
            ("%%%", 0),
            ("\"or\"", 0),
            ("' OR", 0),
            ("a\0b", 0),
        ] {
            for reach in [Reach::tree(OrgId(1)), Reach::only(OrgId(2))] {
                for few in [0, FEW] {
                    let page = PageQuery::default();
                    let found = store.find_devices_among(few, reach, search, page).await;
                    let found = found.expect("found");
                    assert_eq!(found.total_elements, hits, "{search} {few}");
                    assert_eq!(found.content.len() as u64, hits, "{search} {few}");
                }
            }
        }
    }

    /// A page is a stretch of an index on SQLite; nothing goes through all devices.
    #[tokio::test]
    async fn pages_are_read_from_indexes() {
        let ground = Site::on(Ground::on_sqlite(), false).await.stop().await;
        let database = ground.database().await;
        let (_, in_one) = one_by_one(Reach::only(OrgId(1)));
        let (counted, by_name) = by_index(Reach::tree(OrgId(1)));
        for (sql, uses) in [
            (
                page!(
                    "SELECT device_id AS id FROM device_reach WHERE ancestor_id = $1",
                    "LIMIT $2 OFFSET $3"
                ),
                "SEARCH device_reach USING PRIMARY KEY (ancestor_id=?)",
            ),
            (
                in_one,
                "SEARCH devices USING COVERING INDEX devices_by_org (org_id=?)",
            ),
            (by_name, "SCAN device_names VIRTUAL TABLE INDEX"),
            (
                counted,
                "SEARCH r USING PRIMARY KEY (ancestor_id=? AND device_id=?)",
            ),
        ] {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps = sqlx::query(explain)
                .fetch_all(&database)
                .await
                .expect("a plan");
            let plan: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
            let plan = plan.join("\n");
            assert!(plan.contains(uses), "{sql}\n{plan}");
            assert!(
                !plan.contains("SCAN d\n") && !plan.contains("SCAN devices"),
                "{plan}"
            );
        }
    }
}
