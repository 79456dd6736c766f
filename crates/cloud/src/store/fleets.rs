//! Devices that were made for fleets of a cloud for tests.

use handover_wire::{BatchState, DeviceId, WorkId};

use super::batches::word;
use super::{Store, StoreError};

/// What has come of a work that makes devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkEnd {
    /// It goes on.
    None,
    /// Nothing.
    Nothing,
    /// Devices, from the first to the last.
    Devices(DeviceId, DeviceId),
}

impl Store {
    /// What has come of a work. Nothing, where there is no such work.
    pub async fn work_end(&self, WorkId(work): WorkId) -> Result<WorkEnd, StoreError> {
        let row: Option<(String, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT state, first_device, last_device FROM batches
             WHERE id = $1 AND becomes = 'devices'",
        )
        .bind(work)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        let Some((state, first, last)) = row else {
            return Ok(WorkEnd::Nothing);
        };
        Ok(match (word(state)?, first.zip(last)) {
            (BatchState::Making, _) => WorkEnd::None,
            (BatchState::Ready, Some((first, last))) => {
                WorkEnd::Devices(DeviceId(first), DeviceId(last))
            }
            (BatchState::Ready | BatchState::Failed | BatchState::Cancelled, _) => WorkEnd::Nothing,
        })
    }

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

    /// What they are called.
    pub async fn made_names(
        &self,
        WorkId(work): WorkId,
        (first, last): (DeviceId, DeviceId),
    ) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT name FROM devices WHERE id BETWEEN $1 AND $2 AND work_id = $3",
        )
        .bind(first.0)
        .bind(last.0)
        .bind(work)
        .fetch_all(&mut *self.read().await?)
        .await?)
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
