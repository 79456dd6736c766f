//! Devices in pages.
//!
//! A page takes as long over a million devices as over a thousand: it is a stretch of an index, its number is kept
//! (`tallies`), and the rest of its rows is looked up for the page alone.

use handover_wire::{Device, DeviceSort, Page, PageQuery};
use sqlx::{Any, Transaction};

use super::device_order::{self, Asked, Source};
use super::listing::{Bound, counted};
use super::{Store, StoreError};
use crate::domain::{Listed, Reach};

/// Devices that a filter leaves are counted so far: nobody goes through more by hand, and each filter's number would have
/// to be kept else.
const MOST_COUNTED: u64 = 1_000;

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

/// Devices of one organization that has others below it: fewer of its own are gone through, and sorted.
const FEW: i64 = 20_000;

impl Store {
    /// The devices within reach that a list is asked for.
    pub async fn devices(
        &self,
        reach: Reach,
        listed: &Listed,
        page: PageQuery,
    ) -> Result<Page<Device>, StoreError> {
        let mut moment = self.snapshot().await?;
        let source = source(&mut moment, reach, listed).await?;
        let total = if listed.filter.is_all() {
            counted(&mut moment, count(reach), &[Bound::Number(reach.org.0)]).await?
        } else {
            device_order::count(&source, listed.filter, MOST_COUNTED + 1, &mut moment).await?
        };
        let most = match listed.filter.is_all() {
            true => u64::MAX,
            false => MOST_COUNTED,
        };
        let asked = Asked {
            source,
            listed,
            page,
        };
        let rows = match total {
            0 => (Vec::new(), None),
            _ => asked.rows(&mut moment).await?,
        };
        Ok(device_order::page(rows, total, most))
    }
}

/// What a list takes its devices from.
async fn source(
    moment: &mut Transaction<'static, Any>,
    reach: Reach,
    listed: &Listed,
) -> Result<Source<'static>, StoreError> {
    let org = reach.org.0;
    let whole = Source::reach(org);
    if !is_one(reach) {
        return Ok(whole);
    }
    let by_number = matches!(listed.sort, DeviceSort::Newest | DeviceSort::Oldest);
    if by_number && listed.filter.is_all() {
        return Ok(Source {
            from: "(SELECT id AS device_id, org_id FROM devices) own".to_owned(),
            within: "org_id = $1",
            ..whole
        });
    }
    let below: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT 1 FROM org_tree WHERE ancestor_id = $1 LIMIT 2) found",
    )
    .bind(org)
    .fetch_one(&mut **moment)
    .await?;
    if below == 1 {
        // What is seen from there is its own.
        return Ok(whole);
    }
    let own: i64 = sqlx::query_scalar(tally!("own"))
        .bind(org)
        .fetch_one(&mut **moment)
        .await?;
    Ok(if own <= FEW {
        Source {
            from: "(SELECT r.* FROM devices e CROSS JOIN device_reach r
                    WHERE e.org_id = $1 AND r.ancestor_id = $1 AND r.device_id = e.id) own"
                .to_owned(),
            is_indexed: false,
            ..whole
        }
    } else {
        Source {
            within: "ancestor_id = $1 AND EXISTS (SELECT 1 FROM devices e
                     WHERE e.id = device_reach.device_id AND e.org_id = $1)",
            ..whole
        }
    })
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use serde_json::json;

    use crate::service::tallies;
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
        assert_eq!(customer.delete("/device?deviceId=1").await.status, 200);
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
}
