//! Devices that were made for fleets of a cloud for tests.

use handover_wire::{DeviceId, WorkId};

use super::{Store, StoreError};

impl Store {
    /// What devices sign in with that a work has made and that are still there, sealed: between these numbers, by number.
    pub async fn made_secrets(
        &self,
        WorkId(work): WorkId,
        (first, last): (DeviceId, DeviceId),
    ) -> Result<Vec<(DeviceId, Vec<u8>)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "SELECT id, auth_sealed FROM devices
             WHERE id BETWEEN $1 AND $2 AND work_id = $3 ORDER BY id",
        )
        .bind(first.0)
        .bind(last.0)
        .bind(work)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let rows = rows.into_iter();
        Ok(rows.map(|(id, sealed)| (DeviceId(id), sealed)).collect())
    }

    /// How many of them are still there.
    pub async fn made_count(
        &self,
        WorkId(work): WorkId,
        (first, last): (DeviceId, DeviceId),
    ) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT COUNT(*) FROM devices WHERE id BETWEEN $1 AND $2 AND work_id = $3",
        )
        .bind(first.0)
        .bind(last.0)
        .bind(work)
        .fetch_one(&mut *self.read().await?)
        .await?)
    }
}
