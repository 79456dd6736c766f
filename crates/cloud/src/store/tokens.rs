//! Static tokens: made and listed. Claiming is in `claims`.

use handover_wire::{
    DeviceId, OrgId, Page, PageQuery, StaticToken, TokenState, TokenStatus, UserId,
};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, FromRow, Row};

use super::label_list::{THERE, Way, kept};
use super::listing::{Bound, found};
use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::Reach;
use crate::secrets::Kept;

/// A static token as it was found: what anybody who reaches it sees, and its sealed secrets.
pub struct TokenRow {
    /// The token, without its secrets.
    pub token: StaticToken,
    /// The QR token, sealed.
    pub qr_sealed: Vec<u8>,
    /// The auth token, sealed.
    pub auth_sealed: Vec<u8>,
    /// Whether its batch's one export alone shows both.
    pub once: bool,
}

/// A static token to add.
pub struct NewToken {
    /// The template's numeric id.
    pub template: i64,
    /// In which organization.
    pub org: OrgId,
    /// Its QR token.
    pub qr: Kept,
    /// Its auth token.
    pub auth: Kept,
}

impl FromRow<'_, AnyRow> for TokenRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let claimed_at: Option<i64> = row.try_get("claimed_at")?;
        Ok(Self {
            token: StaticToken {
                token: None,
                org_id: OrgId(row.try_get("org_id")?),
                product_id: row.try_get("template_id")?,
                device_token: None,
                created_at: row.try_get("created_at")?,
                status: match claimed_at {
                    Some(_) => TokenStatus::Claimed,
                    None => TokenStatus::Unclaimed,
                },
                owner_id: row.try_get::<Option<i64>, _>("owner_id")?.map(UserId),
                device_id: row.try_get::<Option<i64>, _>("device_id")?.map(DeviceId),
                claimed_org_id: row.try_get::<Option<i64>, _>("claimed_org_id")?.map(OrgId),
            },
            qr_sealed: row.try_get("qr_sealed")?,
            auth_sealed: row.try_get("auth_sealed")?,
            once: row.try_get::<Option<String>, _>("secrets")?.as_deref() == Some("once"),
        })
    }
}

impl Store {
    /// The tokens of the organizations within reach, in the order in which they were made.
    pub async fn tokens(
        &self,
        reach: Reach,
        page: PageQuery,
    ) -> Result<Page<TokenRow>, StoreError> {
        let mut moment = self.snapshot().await?;
        let all = kept(&mut moment, (reach, None), None).await?;
        let revoked = kept(&mut moment, (reach, None), Some(TokenState::Revoked)).await?;
        let total = all.saturating_sub(revoked);
        if total == 0 {
            return Ok(Page::new(Vec::new(), 0));
        }
        let tables = Way::of(all).tables();
        let rows = format!(
            "SELECT s.*, b.secrets FROM {tables}
             WHERE {THERE} AND s.revoked_at IS NULL ORDER BY s.id LIMIT $3 OFFSET $4"
        );
        let offset = i64::try_from(page.offset()).unwrap_or(i64::MAX);
        let [org, depth] = reach.bound();
        let [limit, offset] = [i64::from(page.limit()), offset].map(Bound::Number);
        let bound = [org, depth, limit, offset];
        Ok(Page::new(
            found(&mut moment, AssertSqlSafe(rows), &bound).await?,
            total,
        ))
    }

    /// Whether a device has a static token.
    pub async fn has_label(&self, device: DeviceId) -> Result<bool, StoreError> {
        let found: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM static_tokens WHERE device_id = $1")
                .bind(device.0)
                .fetch_one(&mut *self.read().await?)
                .await?;
        Ok(found > 0)
    }

    /// The first unclaimed token after this one, by internal id: its id and its sealed QR token. Those whose button is to be
    /// pressed are left for that.
    pub async fn unclaimed_after(&self, id: i64) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let row = sqlx::query_as(
            "SELECT s.id, s.qr_sealed FROM static_tokens s
             LEFT JOIN batches b ON b.id = s.batch_id
             WHERE s.id > $1 AND s.claimed_at IS NULL AND s.revoked_at IS NULL
             AND (s.batch_id IS NULL OR b.state = 'ready')
             AND (b.proof IS NULL OR b.proof <> 'presence') ORDER BY s.id LIMIT 1",
        )
        .bind(id)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(row)
    }
}

impl Write {
    /// Adds a static token and gives its internal id.
    pub async fn insert_token(&mut self, token: &NewToken, now: Time) -> Result<i64, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO static_tokens (org_id, template_id, auth_digest, auth_sealed, qr_digest,
                                        qr_sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(token.org.0)
        .bind(token.template)
        .bind(token.auth.digest.as_slice())
        .bind(&token.auth.sealed)
        .bind(token.qr.digest.as_slice())
        .bind(&token.qr.sealed)
        .bind(now.0)
        .fetch_one(&mut *self.0)
        .await?;
        // It is called by its number, and found by that.
        sqlx::query("UPDATE static_tokens SET folded = '#' || CAST(id AS TEXT) WHERE id = $1")
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(id)
    }
}
