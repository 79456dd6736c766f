//! Devices in pages.
//!
//! A page takes as long over a million devices as over a thousand: it is a stretch of an index, its number is kept
//! (`tallies`), and the rest of its rows is looked up for the page alone.

use handover_wire::{Device, Page, PageQuery};

use super::devices::{DeviceRow, select_devices};
use super::listing::{Bound, Listing};
use super::{Store, StoreError};
use crate::domain::Reach;

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

/// A page of the devices that a query gives the numbers of, the newest first; how that query comes to the order may be
/// said.
macro_rules! page {
    ([$($ids:tt)+], $limit:literal) => {
        page!([$($ids)+], "id DESC", $limit)
    };
    ([$($ids:tt)+], $order:literal, $limit:literal) => {
        concat!(
            select_devices!("WHERE d.id IN ("),
            $($ids)+,
            " ORDER BY ",
            $order,
            " ",
            $limit,
            ") ORDER BY d.id DESC"
        )
    };
}
pub(super) use page;

/// Whether one organization is meant, without those below.
pub(super) fn is_one(reach: Reach) -> bool {
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

impl Store {
    /// The devices within reach, the newest first.
    pub async fn devices(&self, reach: Reach, page: PageQuery) -> Result<Page<Device>, StoreError> {
        let listing = Listing {
            count: count(reach),
            rows: if is_one(reach) {
                page!(
                    ["SELECT id FROM devices WHERE org_id = $1"],
                    "LIMIT $2 OFFSET $3"
                )
            } else {
                page!(
                    ["SELECT device_id AS id FROM device_reach WHERE ancestor_id = $1"],
                    "LIMIT $2 OFFSET $3"
                )
            },
            bound: &[Bound::Number(reach.org.0)],
        };
        let page: Page<DeviceRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.device))
    }
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use serde_json::json;

    use super::*;
    use crate::service::tallies;
    use crate::store::listing::assert_plan;
    use crate::testing::Site;

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

    /// A page is a stretch of an index on SQLite; nothing goes through all devices.
    #[tokio::test]
    async fn pages_are_read_from_indexes() {
        let page = page!(
            ["SELECT device_id AS id FROM device_reach WHERE ancestor_id = $1"],
            "LIMIT $2 OFFSET $3"
        );
        let uses = "SEARCH device_reach USING PRIMARY KEY (ancestor_id=?)";
        assert_plan(&[(page, uses)]).await;
    }
}
