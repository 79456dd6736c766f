//! Devices that are made many at a time: prepared like a batch, whose tokens nobody sees, and put in their place in one
//! change.

use handover_wire::{BatchId, BatchState, DeviceId, DeviceWork, MoveKind, OrgId, WorkId};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row};

use super::audit::Action;
use super::batches::{LeasedBatch, failure, word};
use super::hands::kind_name;
use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{Actor, Reach};

struct WorkRow(DeviceWork);

impl FromRow<'_, AnyRow> for WorkRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(DeviceWork {
            id: WorkId(row.try_get("id")?),
            org_id: OrgId(row.try_get("org_id")?),
            org_name: row.try_get("org_name")?,
            template_name: row.try_get("template_name")?,
            state: word(row.try_get("state")?)?,
            count: row.try_get("wanted")?,
            made: row.try_get("made")?,
            device_ids: Vec::new(),
            failure: failure(row)?,
        }))
    }
}

async fn within(
    executor: impl AnyExecutor<'_>,
    reach: Reach,
    id: WorkId,
) -> Result<Option<DeviceWork>, StoreError> {
    let row: Option<WorkRow> = sqlx::query_as(
        "SELECT b.id, b.org_id, b.state, b.wanted, b.made, b.failure,
                o.name AS org_name, p.name AS template_name
         FROM batches b
         JOIN templates p ON p.id = b.template_id
         JOIN organizations o ON o.id = b.org_id
         JOIN org_tree t ON t.org_id = b.org_id
         WHERE t.ancestor_id = $1 AND t.depth <= $2 AND b.id = $3 AND b.becomes = 'devices'",
    )
    .bind(reach.org.0)
    .bind(reach.depth)
    .bind(id.0)
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| row.0))
}

impl Store {
    /// Devices that are being made within reach.
    pub async fn device_work(
        &self,
        reach: Reach,
        id: WorkId,
    ) -> Result<Option<DeviceWork>, StoreError> {
        let mut connection = self.read().await?;
        let found = within(&mut *connection, reach, id).await?;
        let mut work = match found {
            Some(work) if work.state == BatchState::Ready => work,
            _ => return Ok(found),
        };
        // Between the first and the last there may be others, where devices were made side by side.
        let made: Vec<i64> = sqlx::query_scalar(
            "SELECT d.id FROM batches b
             JOIN devices d ON d.id BETWEEN b.first_device AND b.last_device AND d.work_id = b.id
             WHERE b.id = $1 ORDER BY d.id",
        )
        .bind(id.0)
        .fetch_all(&mut *connection)
        .await?;
        work.device_ids = made.into_iter().map(DeviceId).collect();
        Ok(Some(work))
    }
}

impl Write {
    /// Devices that are being made within reach.
    pub async fn device_work(
        &mut self,
        reach: Reach,
        id: WorkId,
    ) -> Result<Option<DeviceWork>, StoreError> {
        within(&mut *self.0, reach, id).await
    }

    /// Makes devices of all tokens that were prepared, each with a row of its history and one for the audit, and ends the
    /// work. False, and nothing is made, where somebody stopped it.
    pub async fn become_devices(
        &mut self,
        batch: &LeasedBatch,
        owner: i64,
        actor: &Actor,
        now: Time,
    ) -> Result<bool, StoreError> {
        if !self
            .end_batch(BatchId(batch.id), BatchState::Ready, None)
            .await?
        {
            return Ok(false);
        }
        let user = actor.user().map(|id| id.0);
        // All in one statement: others would wait for a change of so many.
        sqlx::query(
            "INSERT INTO devices (id, template_id, org_id, name, name_folded, owner_id,
                                  auth_digest, auth_sealed, activated_at, metadata, work_id)
             SELECT p.device_id, p.template_id, p.org_id, p.name, p.folded, CAST($1 AS BIGINT),
                    p.auth_digest, p.auth_sealed, CAST($2 AS BIGINT), p.metadata, p.batch_id
             FROM prepared_devices p WHERE p.batch_id = $3",
        )
        .bind(owner)
        .bind(now.0)
        .bind(batch.id)
        .execute(&mut *self.0)
        .await?;
        sqlx::query(
            "INSERT INTO device_moves (device_id, kind, at, actor, actor_user_id, was,
                                       to_org_id, to_owner_id)
             SELECT d.id, CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT),
                    CAST($4 AS BIGINT), 'minted', d.org_id, d.owner_id
             FROM static_tokens s JOIN devices d ON d.auth_digest = s.auth_digest
             WHERE s.batch_id = $5 ORDER BY s.number",
        )
        .bind(kind_name(MoveKind::Create))
        .bind(now.0)
        .bind(actor.to_string())
        .bind(user)
        .bind(batch.id)
        .execute(&mut *self.0)
        .await?;
        sqlx::query(
            "INSERT INTO audit (at, actor, action, org_id, device_id, user_id)
             SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), d.org_id, d.id,
                    d.owner_id
             FROM static_tokens s JOIN devices d ON d.auth_digest = s.auth_digest
             WHERE s.batch_id = $4 ORDER BY s.number",
        )
        .bind(now.0)
        .bind(actor.to_string())
        .bind(Action::CreateDevice.as_str())
        .bind(batch.id)
        .execute(&mut *self.0)
        .await?;
        self.wake_audit();
        sqlx::query(
            "UPDATE batches SET (first_device, last_device) =
                 (SELECT MIN(d.id), MAX(d.id)
                  FROM static_tokens s JOIN devices d ON d.auth_digest = s.auth_digest
                  WHERE s.batch_id = $1)
             WHERE id = $1",
        )
        .bind(batch.id)
        .execute(&mut *self.0)
        .await?;
        sqlx::query("DELETE FROM static_tokens WHERE batch_id = $1")
            .bind(batch.id)
            .execute(&mut *self.0)
            .await?;
        Ok(true)
    }
}
