//! Claiming: found by the secret's digest, answered once; and giving back.

use handover_wire::{DeviceId, OrgId, UserId};

use super::{StoreError, Write, digest};
use crate::clock::Time;
use crate::domain::{Actor, ClaimWith, Claimed, TokenState};
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
    /// Its state.
    pub state: TokenState,
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

#[derive(sqlx::FromRow)]
struct Found {
    id: i64,
    org_id: i64,
    template_id: i64,
    template_name: String,
    name: Option<String>,
    auth_digest: Vec<u8>,
    auth_sealed: Vec<u8>,
    first_claimed_at: Option<i64>,
    claimed_at: Option<i64>,
    device_org: Option<i64>,
    owner_id: Option<i64>,
    device_id: Option<i64>,
    revoked_at: Option<i64>,
}

impl Found {
    fn state(&self) -> Result<TokenState, StoreError> {
        if self.revoked_at.is_some() {
            return Ok(TokenState::Revoked);
        }
        let Some(at) = self.claimed_at else {
            let owned_before = self.first_claimed_at.is_some();
            return Ok(TokenState::Unclaimed { owned_before });
        };
        match (self.owner_id, self.device_org, self.device_id) {
            (Some(owner), Some(org), Some(device)) => Ok(TokenState::Claimed(Claimed {
                owner: UserId(owner),
                org: OrgId(org),
                device: DeviceId(device),
                at: Time(at),
            })),
            _ => Err(StoreError::Corrupt("a claimed token without its device")),
        }
    }
}

/// The organization is the device's own: devices move on after they were claimed. A token of a batch that is not all there
/// is not there either.
macro_rules! find_token {
    ($column:literal) => {
        concat!(
            "SELECT s.*, p.name AS template_name, d.org_id AS device_org
             FROM static_tokens s
             JOIN templates p ON p.id = s.template_id
             LEFT JOIN devices d ON d.id = s.device_id
             LEFT JOIN batches b ON b.id = s.batch_id
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
        let found: Option<Found> = sqlx::query_as(sql)
            .bind(secret.as_slice())
            .fetch_optional(&mut *self.0)
            .await?;
        found
            .map(|found| {
                Ok(TokenFound {
                    state: found.state()?,
                    id: found.id,
                    org: OrgId(found.org_id),
                    template: found.template_id,
                    template_name: found.template_name,
                    name: found.name,
                    auth: Kept {
                        digest: digest(&found.auth_digest)?,
                        sealed: found.auth_sealed,
                    },
                })
            })
            .transpose()
    }

    /// Makes a token somebody's.
    pub async fn mark_claimed(&mut self, token: i64, claimed: Claimed) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE static_tokens
             SET claimed_at = $2, first_claimed_at = COALESCE(first_claimed_at, $2),
                 claimed_org_id = $3, owner_id = $4, device_id = $5
             WHERE id = $1",
        )
        .bind(token)
        .bind(claimed.at.0)
        .bind(claimed.org.0)
        .bind(claimed.owner.0)
        .bind(claimed.device.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Takes a token from whoever has the device that came of it, and gives it another QR token. Whether there is such a
    /// token; that it was claimed once stays known.
    pub async fn mark_unclaimed(
        &mut self,
        device: DeviceId,
        qr: &Kept,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE static_tokens
             SET claimed_at = NULL, claimed_org_id = NULL, owner_id = NULL, device_id = NULL,
                 qr_digest = $2, qr_sealed = $3
             WHERE device_id = $1",
        )
        .bind(device.0)
        .bind(qr.digest.as_slice())
        .bind(&qr.sealed)
        .execute(&mut *self.0)
        .await?;
        Ok(done.rows_affected() > 0)
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
