//! Whether devices are there: who they are by their auth token, and who speaks with them.

use handover_wire::{DeviceId, OrgId};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row as _};

use super::{Store, StoreError, Write, digest};
use crate::clock::Time;
use crate::domain::Connection;
use crate::secrets::{Digest, Kept};

/// A token of a label that nobody has claimed and no device has come with.
pub struct Unseen {
    /// Its internal id.
    pub token: i64,
    /// The organization it was made in.
    pub org: OrgId,
    /// The template's numeric id.
    pub template: i64,
    /// What the template is called.
    pub template_name: String,
    /// The name that its device gets, where the maker gave it one.
    pub name: Option<String>,
    /// Metadata that its device gets, as a JSON object.
    pub metadata: Option<String>,
    /// Its auth token; the device gets it.
    pub auth: Kept,
    /// Whether its secrets are shown once, so that no device keeps them.
    pub once: bool,
    /// Whether somebody has had a device with it.
    pub was_had: bool,
}

/// Whether a device is there, and who speaks with it.
#[derive(Clone, Copy, Debug)]
pub struct Liveness {
    /// Its three published times.
    pub connection: Connection,
    /// What it says now belongs to this tenure.
    pub tenure: i64,
    /// The one live connection.
    pub session: Option<i64>,
    /// The process that has it.
    pub process: Option<i64>,
    /// Until when it is there without being heard of again.
    pub online_until: Time,
    /// When it last came or went.
    pub state_at: Time,
    /// When it last said something.
    pub values_at: Time,
    /// The gateway that speaks for it.
    pub gateway: Option<DeviceId>,
    /// The gateway that carried what it said last; none where it said that itself.
    pub carrier: Option<DeviceId>,
}

/// When something last changed about devices of an organization.
pub struct OrgStamp {
    /// Which.
    pub org: OrgId,
    /// When one came or went.
    pub state_at: Option<i64>,
    /// When one said something.
    pub values_at: Option<i64>,
}

impl FromRow<'_, AnyRow> for Unseen {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let auth: Vec<u8> = row.try_get("auth_digest")?;
        Ok(Self {
            token: row.try_get("id")?,
            org: OrgId(row.try_get("org_id")?),
            template: row.try_get("template_id")?,
            template_name: row.try_get("template_name")?,
            name: row.try_get("name")?,
            metadata: row.try_get("metadata")?,
            auth: Kept {
                digest: digest(&auth).map_err(|error| sqlx::Error::Decode(error.into()))?,
                sealed: row.try_get("auth_sealed")?,
            },
            once: row.try_get::<Option<String>, _>("secrets")?.as_deref() == Some("once"),
            was_had: row.try_get::<Option<i64>, _>("first_claimed_at")?.is_some(),
        })
    }
}

impl FromRow<'_, AnyRow> for Liveness {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let time = |column| {
            let found = row.try_get::<Option<i64>, _>(column);
            found.map(|at| Time(at.unwrap_or_default()))
        };
        Ok(Self {
            connection: Connection::from_times(
                row.try_get("first_connect_time")?,
                row.try_get("connect_time")?,
                row.try_get("disconnect_time")?,
            ),
            tenure: row.try_get("tenure")?,
            session: row.try_get("session")?,
            process: row.try_get("process")?,
            online_until: time("online_until")?,
            state_at: time("state_at")?,
            values_at: time("values_at")?,
            gateway: row.try_get::<Option<i64>, _>("gateway_id")?.map(DeviceId),
            carrier: row.try_get::<Option<i64>, _>("carrier")?.map(DeviceId),
        })
    }
}

impl FromRow<'_, AnyRow> for OrgStamp {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            org: OrgId(row.try_get("org_id")?),
            state_at: row.try_get("state_at")?,
            values_at: row.try_get("values_at")?,
        })
    }
}

async fn by_auth(
    executor: impl AnyExecutor<'_>,
    auth: &Digest,
) -> Result<Option<DeviceId>, StoreError> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT d.id FROM devices d LEFT JOIN static_tokens s ON s.device_id = d.id
         WHERE d.auth_digest = $1 AND s.revoked_at IS NULL",
    )
    .bind(auth.as_slice())
    .fetch_optional(executor)
    .await?;
    Ok(found.map(DeviceId))
}

impl Store {
    /// The device that signs in with this, unless its token was taken out of use.
    pub async fn device_by_auth(&self, auth: &Digest) -> Result<Option<DeviceId>, StoreError> {
        by_auth(&mut *self.read().await?, auth).await
    }

    /// Some devices that are no longer heard of though they should have been.
    pub async fn has_overdue(&self, now: Time) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT p.device_id FROM liveness p JOIN devices d ON d.id = p.device_id
             WHERE p.online_until > 0 AND p.online_until <= $1
             AND d.disconnect_time IS NULL AND d.connect_time IS NOT NULL LIMIT 1",
        )
        .bind(now.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(found.is_some())
    }

    /// Until when a device is there, without being heard of again, that has no connection of its own. None where it has one, or
    /// is not there.
    pub async fn unconnected(&self, id: DeviceId) -> Result<Option<Time>, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT p.online_until FROM liveness p JOIN devices d ON d.id = p.device_id
             WHERE p.device_id = $1 AND p.session IS NULL AND p.online_until > 0
             AND d.connect_time IS NOT NULL AND d.disconnect_time IS NULL",
        )
        .bind(id.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(found.map(Time))
    }

    /// Whether a device speaks for itself over HTTPS, as far as is known: it is there without a connection and nobody carries
    /// it, or it was there and whoever has it has never seen it connected.
    pub async fn speaks_https(&self, id: DeviceId) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM liveness p JOIN devices d ON d.id = p.device_id
             WHERE p.device_id = $1 AND p.session IS NULL AND p.carrier IS NULL
             AND d.connect_time IS NOT NULL AND (d.disconnect_time IS NULL OR d.ip IS NULL)",
        )
        .bind(id.0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(found > 0)
    }

    /// The datastreams of which a device has yet to be told what they are to hold, by their pins.
    pub async fn pins_to_tell(&self, id: DeviceId) -> Result<Vec<i64>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT pin FROM pending_writes WHERE device_id = $1")
                .bind(id.0)
                .fetch_all(&mut *self.read().await?)
                .await?,
        )
    }

    /// Organizations one of whose own devices came, went or said something after this.
    pub async fn stamps_after(&self, after: Time) -> Result<Vec<OrgStamp>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.org_id, MAX(p.state_at) AS state_at, CAST(NULL AS BIGINT) AS values_at
             FROM liveness p JOIN devices d ON d.id = p.device_id
             WHERE p.state_at > $1 GROUP BY d.org_id
             UNION ALL
             SELECT d.org_id, CAST(NULL AS BIGINT), MAX(p.values_at)
             FROM liveness p JOIN devices d ON d.id = p.device_id
             WHERE p.values_at > $1 GROUP BY d.org_id
             UNION ALL
             SELECT d.org_id, CAST(NULL AS BIGINT), MAX(f.at)
             FROM device_files f JOIN devices d ON d.id = f.device_id
             WHERE f.at > $1 AND f.is_whole = 1 GROUP BY d.org_id",
        )
        .bind(after.0)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }
}

impl Write {
    /// The device that signs in with this, unless its token was taken out of use.
    pub async fn device_by_auth(&mut self, auth: &Digest) -> Result<Option<DeviceId>, StoreError> {
        by_auth(&mut *self.0, auth).await
    }

    /// A label's token that nobody has claimed, by the auth token of the device that it is for.
    pub async fn unseen_by_auth(&mut self, auth: &Digest) -> Result<Option<Unseen>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT s.*, p.name AS template_name, b.secrets
             FROM static_tokens s
             JOIN templates p ON p.id = s.template_id
             LEFT JOIN batches b ON b.id = s.batch_id
             WHERE s.auth_digest = $1 AND s.device_id IS NULL AND s.revoked_at IS NULL
             AND (s.batch_id IS NULL OR b.state = 'ready')",
        )
        .bind(auth.as_slice())
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// A token has a device from now on, and is nobody's as before.
    pub async fn mark_seen(&mut self, token: i64, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query("UPDATE static_tokens SET device_id = $2 WHERE id = $1")
            .bind(token)
            .bind(device.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Whether a device is there. None where there is no such device.
    pub async fn liveness(&mut self, device: DeviceId) -> Result<Option<Liveness>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT d.first_connect_time, d.connect_time, d.disconnect_time, d.tenure,
                    p.session, p.process, p.online_until, p.state_at, p.values_at, p.carrier,
                    n.gateway_id
             FROM devices d
             LEFT JOIN liveness p ON p.device_id = d.id
             LEFT JOIN gateway_nodes n ON n.node_id = d.id
             WHERE d.id = $1",
        )
        .bind(device.0)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// Writes down whether it is there, but for its three times.
    pub async fn set_liveness(
        &mut self,
        device: DeviceId,
        liveness: &Liveness,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO liveness (device_id, session, process, online_until, state_at, values_at,
                                   carrier)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (device_id) DO UPDATE SET session = $2, process = $3, online_until = $4,
                                                   state_at = $5, values_at = $6, carrier = $7",
        )
        .bind(device.0)
        .bind(liveness.session)
        .bind(liveness.process)
        .bind(liveness.online_until.0)
        .bind(liveness.state_at.0)
        .bind(liveness.values_at.0)
        .bind(liveness.carrier.map(|id| id.0))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Some devices that are no longer heard of though they should have been.
    pub async fn overdue(&mut self, now: Time, most: i64) -> Result<Vec<DeviceId>, StoreError> {
        let found: Vec<i64> = sqlx::query_scalar(
            "SELECT p.device_id FROM liveness p JOIN devices d ON d.id = p.device_id
             WHERE p.online_until > 0 AND p.online_until <= $1
             AND d.disconnect_time IS NULL AND d.connect_time IS NOT NULL
             ORDER BY p.online_until LIMIT $2",
        )
        .bind(now.0)
        .bind(most)
        .fetch_all(&mut *self.0)
        .await?;
        Ok(found.into_iter().map(DeviceId).collect())
    }

    /// Notes where its present connection comes from, over which it has said nothing of itself yet.
    pub async fn set_address(&mut self, device: DeviceId, ip: &str) -> Result<(), StoreError> {
        for sql in [
            "UPDATE devices SET ip = $2 WHERE id = $1",
            "UPDATE liveness SET address = $2, hardware = NULL WHERE device_id = $1",
        ] {
            sqlx::query(sql)
                .bind(device.0)
                .bind(ip)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// Forgets what its connection knew of it, which has ended.
    pub async fn forget_present(&mut self, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query("UPDATE liveness SET address = NULL, hardware = NULL WHERE device_id = $1")
            .bind(device.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// A device that changed hands is known as its present connection knows it, where it has one: by nothing that was known
    /// before that.
    pub(super) async fn know_present(&mut self, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE devices
             SET ip = (SELECT l.address FROM liveness l WHERE l.device_id = devices.id),
                 hardware = COALESCE(hardware, (SELECT l.hardware FROM liveness l
                                                WHERE l.device_id = devices.id))
             WHERE id = $1 AND disconnect_time IS NULL
             AND EXISTS (SELECT 1 FROM liveness l
                         WHERE l.device_id = devices.id AND l.session IS NOT NULL)",
        )
        .bind(device.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// It is away since then.
    pub async fn begin_absence(
        &mut self,
        device: DeviceId,
        tenure: i64,
        since: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO absences (device_id, tenure, since) VALUES ($1, $2, $3)
             ON CONFLICT (device_id, since) DO UPDATE SET tenure = $2, until = NULL",
        )
        .bind(device.0)
        .bind(tenure)
        .bind(since.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// It is back. What was before that in this tenure is forgotten but for the newest, so that there are only so many.
    pub async fn end_absence(
        &mut self,
        device: DeviceId,
        tenure: i64,
        until: Time,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE absences SET until = $2 WHERE device_id = $1 AND until IS NULL")
            .bind(device.0)
            .bind(until.0)
            .execute(&mut *self.0)
            .await?;
        sqlx::query(
            "DELETE FROM absences WHERE device_id = $1 AND tenure = $2 AND since <=
                 (SELECT since FROM absences WHERE device_id = $1 AND tenure = $2
                  ORDER BY since DESC LIMIT 1 OFFSET 500)",
        )
        .bind(device.0)
        .bind(tenure)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
