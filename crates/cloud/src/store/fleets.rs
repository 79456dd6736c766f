//! Devices that were made for fleets of a cloud for tests.

use handover_wire::{BatchState, DeviceId, WorkId};

use super::batches::word;
use super::{Store, StoreError, Write};

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

/// That a device is whose it was made for, by what was written down of its making. Where that person has left it is their
/// organization's, and has no label: what somebody gave up has one, and waits for whoever is next.
macro_rules! is_theirs {
    ($device:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM device_moves c WHERE c.device_id = ",
            $device,
            ".id AND c.kind = 'create' AND c.to_org_id = ",
            $device,
            ".org_id AND (c.to_owner_id = ",
            $device,
            ".owner_id OR (",
            $device,
            ".owner_id IS NULL AND NOT EXISTS (SELECT 1 FROM static_tokens s WHERE s.device_id = ",
            $device,
            ".id))))"
        )
    };
}
pub(super) use is_theirs;

/// How many devices that a work has made are still there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Of whoever they were made for.
    pub theirs: i64,
    /// Of others by now.
    pub of_others: i64,
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

    /// What devices sign in with that a work has made and that are still whose they were made for, sealed: between these
    /// numbers, by number.
    pub async fn made_secrets(
        &self,
        WorkId(work): WorkId,
        (first, last): (DeviceId, DeviceId),
    ) -> Result<Vec<(DeviceId, Vec<u8>)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(concat!(
            "SELECT d.id, d.auth_sealed FROM devices d
             WHERE d.id BETWEEN $1 AND $2 AND d.work_id = $3 AND ",
            is_theirs!("d"),
            " ORDER BY d.id"
        ))
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
    ) -> Result<Made, StoreError> {
        let (all, theirs): (i64, i64) = sqlx::query_as(concat!(
            "SELECT COUNT(*), COUNT(CASE WHEN ",
            is_theirs!("d"),
            " THEN 1 END) FROM devices d WHERE d.id BETWEEN $1 AND $2 AND d.work_id = $3"
        ))
        .bind(first.0)
        .bind(last.0)
        .bind(work)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(Made {
            theirs,
            of_others: all - theirs,
        })
    }
}

impl Write {
    /// Whether a device is whose it was made for.
    pub async fn is_theirs_still(&mut self, id: DeviceId) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(concat!(
            "SELECT COUNT(*) FROM devices d WHERE d.id = $1 AND ",
            is_theirs!("d")
        ))
        .bind(id.0)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(found > 0)
    }
}
