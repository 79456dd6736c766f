//! Devices in numbers.

use handover_wire::Overview;

use super::{Store, StoreError};
use crate::domain::{Reach, Stretches};

/// Devices that are connected, which the index `devices_online` has alone.
const ONLINE: &str = "SELECT COUNT(*) FROM devices d JOIN org_tree t ON t.org_id = d.org_id
    WHERE t.ancestor_id = $1 AND t.depth <= $2 AND d.connect_time IS NOT NULL AND d.disconnect_time IS NULL";

/// Claims of a stretch of time, but for those whose next move was the way back.
const CLAIMS: &str = "SELECT COUNT(*) FROM org_tree t
    JOIN device_moves m ON m.to_org_id = t.org_id AND m.kind = 'claim' AND m.at >= $3 AND m.at < $4
    WHERE t.ancestor_id = $1 AND t.depth <= $2
    AND COALESCE((SELECT n.kind FROM device_moves n WHERE n.device_id = m.device_id AND n.id > m.id
                  ORDER BY n.id LIMIT 1), '') <> 'undo'";

impl Store {
    /// The devices within reach, in numbers of one moment.
    pub async fn overview(
        &self,
        reach: Reach,
        stretches: &Stretches,
    ) -> Result<Overview, StoreError> {
        let mut moment = self.snapshot().await?;
        let devices: i64 = sqlx::query_scalar(super::device_list::count(reach))
            .bind(reach.org.0)
            .fetch_one(&mut *moment)
            .await?;
        let online: i64 = sqlx::query_scalar(ONLINE)
            .bind(reach.org.0)
            .bind(reach.depth)
            .fetch_one(&mut *moment)
            .await?;
        let mut claims = Vec::new();
        for (from, until) in stretches.iter() {
            let count: i64 = sqlx::query_scalar(CLAIMS)
                .bind(reach.org.0)
                .bind(reach.depth)
                .bind(from.0)
                .bind(until.0)
                .fetch_one(&mut *moment)
                .await?;
            claims.push(count.unsigned_abs());
        }
        Ok(Overview {
            devices: devices.unsigned_abs(),
            online: online.unsigned_abs(),
            claims,
        })
    }
}
