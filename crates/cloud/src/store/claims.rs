//! Claiming: found by the secret's digest, answered once.

use handover_wire::{DeviceId, OrgId};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::hands::hands_of;
use super::{StoreError, Write, digest};
use crate::clock::Time;
use crate::domain::{Actor, ClaimWith, Hands, Holder};
use crate::secrets::{Digest, Kept};

/// A static token, found by one of its secrets.
pub struct TokenFound {
    /// Its internal id.
    pub id: i64,
    /// The organization it was made in.
    pub org: OrgId,
    /// The template's numeric id.
    pub template: i64,
    /// What the template is called.
    pub template_name: String,
    /// Whose it is.
    pub hands: Hands,
    /// The device that came of it, if there is one.
    pub device: Option<DeviceId>,
    /// The name that its device gets, where the maker gave it one.
    pub name: Option<String>,
    /// Its auth token; the device gets it.
    pub auth: Kept,
}

/// What a claim was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Which request it answered.
    pub request: Digest,
    /// The HTTP status.
    pub status: u16,
    /// The body, byte for byte.
    pub body: String,
}

impl FromRow<'_, AnyRow> for TokenFound {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let auth: Vec<u8> = row.try_get("auth_digest")?;
        Ok(Self {
            id: row.try_get("id")?,
            org: OrgId(row.try_get("org_id")?),
            template: row.try_get("template_id")?,
            template_name: row.try_get("template_name")?,
            hands: hands_of(row)?,
            device: row.try_get::<Option<i64>, _>("device_id")?.map(DeviceId),
            name: row.try_get("name")?,
            auth: Kept {
                digest: digest(&auth).map_err(|error| sqlx::Error::Decode(error.into()))?,
                sealed: row.try_get("auth_sealed")?,
            },
        })
    }
}

/// The organization is the device's own: devices move on after they were claimed. A token of a batch that is not all there
/// is not there either.
macro_rules! find_token {
    ($column:literal) => {
        concat!(
            "SELECT s.*, s.id AS token_id, p.name AS template_name, d.org_id AS holder_org_id,
                    d.owner_id AS holder_owner_id, m.kind AS move_kind, m.was AS move_was,
                    m.from_org_id, m.from_owner_id, m.open_until
             FROM static_tokens s
             JOIN templates p ON p.id = s.template_id
             LEFT JOIN devices d ON d.id = s.device_id
             LEFT JOIN batches b ON b.id = s.batch_id
             LEFT JOIN device_moves m ON m.device_id = s.device_id AND m.open_until IS NOT NULL
             WHERE (s.batch_id IS NULL OR b.state = 'ready') AND s.",
            $column,
            " = $1"
        )
    };
}

impl Write {
    /// Finds a static token by what the label shows.
    pub async fn find_token(
        &mut self,
        with: ClaimWith,
        secret: &Digest,
    ) -> Result<Option<TokenFound>, StoreError> {
        let sql = match with {
            ClaimWith::QrToken => find_token!("qr_digest"),
            ClaimWith::AuthToken => find_token!("auth_digest"),
        };
        Ok(sqlx::query_as(sql)
            .bind(secret.as_slice())
            .fetch_optional(&mut *self.0)
            .await?)
    }

    /// Makes a token somebody's, with the device that came of it.
    pub async fn mark_claimed(
        &mut self,
        token: i64,
        holder: Holder,
        device: DeviceId,
        at: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE static_tokens
             SET claimed_at = $2, first_claimed_at = COALESCE(first_claimed_at, $2),
                 claimed_org_id = $3, owner_id = $4, device_id = $5
             WHERE id = $1",
        )
        .bind(token)
        .bind(at.0)
        .bind(holder.org.0)
        .bind(holder.owner.map(|id| id.0))
        .bind(device.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// What this caller was answered under this key before.
    pub async fn kept_answer(
        &mut self,
        actor: &Actor,
        key: &str,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let row: Option<(Vec<u8>, i64, String)> = sqlx::query_as(
            "SELECT request_digest, status, body FROM claim_answers
             WHERE actor = $1 AND idempotency = $2",
        )
        .bind(actor.to_string())
        .bind(key)
        .fetch_optional(&mut *self.0)
        .await?;
        row.map(|(request, status, body)| {
            Ok(KeptAnswer {
                request: digest(&request)?,
                status: u16::try_from(status)
                    .map_err(|_| StoreError::Corrupt("a status is no HTTP status"))?,
                body,
            })
        })
        .transpose()
    }

    /// Keeps an answer for the same caller and key.
    pub async fn keep_answer(
        &mut self,
        actor: &Actor,
        key: &str,
        answer: &KeptAnswer,
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO claim_answers (actor, idempotency, request_digest, status, body, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(actor.to_string())
        .bind(key)
        .bind(answer.request.as_slice())
        .bind(i64::from(answer.status))
        .bind(&answer.body)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
