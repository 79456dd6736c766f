//! The tokens of batches: read, exported, revoked. Lists of them are in `label_list`.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use handover_wire::{BatchId, BatchToken, DeviceId, OrgId, TokenId, TokenState};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, FromRow, Row};

use super::batches::word;
use super::listing::without_separators;
use super::{Moment, Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{Actor, Reach, Reason, label, told_apart_by, without_separators};

/// A token on its way out, with its sealed secrets.
pub struct ExportRow {
    /// Its place in the batch.
    pub number: i64,
    /// The token without its secrets.
    pub token: BatchToken,
    /// The QR token, sealed.
    pub qr_sealed: Vec<u8>,
    /// The auth token, sealed.
    pub auth_sealed: Vec<u8>,
    /// The claim code, sealed, where there is one.
    pub code_sealed: Option<Vec<u8>>,
}

/// Identifiers that are looked for at a time.
const TOGETHER: usize = 200;

/// Finds what could be one of `TOGETHER` identifiers: by them, and not (hence the plus) among all that the organization has.
static TAKEN: LazyLock<String> = LazyLock::new(|| {
    let places: Vec<String> = (3..TOGETHER + 3).map(|place| format!("${place}")).collect();
    format!(
        "SELECT sought FROM static_tokens
         WHERE (+org_id = $1 OR +template_id = $2)
         AND revoked_at IS NULL AND sought IS NOT NULL AND {} IN ({})",
        without_separators!("sought"),
        places.join(", ")
    )
});

/// What a label is called: by its batch's `batch_name` and `batch_wanted`, where it has one.
pub(super) fn label_of(row: &AnyRow) -> Result<String, sqlx::Error> {
    let batch: Option<String> = row.try_get("batch_name")?;
    let number: Option<i64> = row.try_get("number")?;
    let wanted: Option<i64> = row.try_get("batch_wanted")?;
    Ok(match (batch, number, wanted) {
        (Some(batch), Some(number), Some(wanted)) => label(&batch, number, wanted),
        _ => format!("#{}", row.try_get::<i64, _>("id")?),
    })
}

/// A token as lists have it.
pub(super) struct TokenFound(pub(super) BatchToken);

impl FromRow<'_, AnyRow> for TokenFound {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let id: i64 = row.try_get("id")?;
        let kind: Option<String> = row.try_get("identifier_kind")?;
        let metadata: Option<String> = row.try_get("metadata")?;
        Ok(Self(BatchToken {
            id: TokenId(id),
            batch_id: row.try_get::<Option<i64>, _>("batch_id")?.map(BatchId),
            label: label_of(row)?,
            name: row.try_get("name")?,
            identifier: row.try_get("identifier")?,
            identifier_kind: kind.map(word).transpose()?,
            metadata: match metadata {
                Some(json) => serde_json::from_str(&json)
                    .map_err(|error| sqlx::Error::Decode(error.into()))?,
                None => Default::default(),
            },
            state: match (
                row.try_get::<Option<i64>, _>("revoked_at")?,
                row.try_get::<Option<i64>, _>("claimed_at")?,
            ) {
                (Some(_), _) => TokenState::Revoked,
                (None, Some(_)) => TokenState::Claimed,
                (None, None) => TokenState::Unclaimed,
            },
            created_at: row.try_get("created_at")?,
            device_id: row.try_get::<Option<i64>, _>("device_id")?.map(DeviceId),
            device_name: row.try_get("device_name")?,
            claimed_org_id: row.try_get::<Option<i64>, _>("claimed_org_id")?.map(OrgId),
        }))
    }
}

impl FromRow<'_, AnyRow> for ExportRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            number: row.try_get("number")?,
            token: TokenFound::from_row(row)?.0,
            qr_sealed: row.try_get("qr_sealed")?,
            auth_sealed: row.try_get("auth_sealed")?,
            code_sealed: row.try_get("code_sealed")?,
        })
    }
}

impl Store {
    /// Which of the identifiers are taken, at this moment.
    pub async fn taken_identifiers(
        &self,
        of: (OrgId, i64),
        identifiers: &[&str],
    ) -> Result<HashSet<String>, StoreError> {
        self.look().await?.taken_identifiers(of, identifiers).await
    }
}

impl super::Work {
    /// Which of the identifiers an organization's tokens have already, however they are written, or the template's tokens of
    /// whatever organization, and of whatever kind: one text on a label, or from a machine, could be that of either.
    pub async fn taken_identifiers(
        &mut self,
        (org, template): (OrgId, i64),
        identifiers: &[&str],
    ) -> Result<HashSet<String>, StoreError> {
        let mut taken = HashSet::new();
        for some in identifiers.chunks(TOGETHER) {
            let mut query = sqlx::query_scalar::<Any, String>(AssertSqlSafe(TAKEN.clone()))
                .bind(org.0)
                .bind(template);
            // The last ones are as many as the others, so that there is one query to prepare.
            for place in 0..TOGETHER {
                let one = told_apart_by(some[place.min(some.len() - 1)]);
                query = query.bind(without_separators(&one));
            }
            let found = query.fetch_all(&mut **self).await?;
            let found: HashSet<String> = found.iter().map(|one| told_apart_by(one)).collect();
            let theirs = some
                .iter()
                .filter(|one| found.contains(&told_apart_by(one)));
            taken.extend(theirs.map(|&one| one.to_owned()));
        }
        Ok(taken)
    }

    /// A token, and those that wait with it, by number. A device's name is told where `sees` reaches it.
    pub async fn tokens_together(
        &mut self,
        gateway: i64,
        sees: Reach,
    ) -> Result<Vec<BatchToken>, StoreError> {
        let rows: Vec<TokenFound> = sqlx::query_as(
            "SELECT s.*, b.name AS batch_name, b.wanted AS batch_wanted, d.name AS device_name
             FROM static_tokens s
             LEFT JOIN batches b ON b.id = s.batch_id
             LEFT JOIN (SELECT e.id, e.name FROM devices e JOIN org_tree v ON v.org_id = e.org_id
                        WHERE v.ancestor_id = $2 AND v.depth <= $3) d ON d.id = s.device_id
             WHERE s.id = $1 OR s.id IN (SELECT node_token FROM waiting_nodes WHERE gateway_token = $1)
             ORDER BY CASE WHEN s.id = $1 THEN 0 ELSE 1 END, s.id",
        )
        .bind(gateway)
        .bind(sees.org.0)
        .bind(sees.depth)
        .fetch_all(&mut **self)
        .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

impl Moment {
    /// The metadata fields of a batch's tokens, as a JSON list.
    pub async fn batch_fields(&mut self, id: BatchId) -> Result<String, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT fields FROM batches WHERE id = $1")
                .bind(id.0)
                .fetch_one(&mut *self.0)
                .await?,
        )
    }

    /// The tokens of a batch at these places, those that were revoked left out.
    ///
    /// PostgreSQL knows nothing yet of a batch that was made a moment ago, and would look through all of it for what is not
    /// revoked, once for each of these: so the places say where they begin and end, and no index knows what the last
    /// condition asks.
    pub async fn export_between(
        &mut self,
        batch: BatchId,
        places: RangeInclusive<i64>,
    ) -> Result<Vec<ExportRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT s.*, b.name AS batch_name, b.wanted AS batch_wanted, CAST(NULL AS TEXT) AS device_name
             FROM static_tokens s JOIN batches b ON b.id = s.batch_id
             WHERE s.batch_id = $1 AND s.number BETWEEN $2 AND $3 AND COALESCE(s.revoked_at, 0) = 0
             ORDER BY s.number",
        )
        .bind(batch.0)
        .bind(*places.start())
        .bind(*places.end())
        .fetch_all(&mut *self.0)
        .await?)
    }
}

/// Where a token is, since when it is somebody's or out of use, and its place in its batch.
type RevocableRow = (i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// What became of a token that was to be taken out of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It is out of use, in this organization: its batch, where it is of one, and its number in that or else its own.
    Now(OrgId, Option<BatchId>, i64),
    /// It was before.
    Before,
    /// Somebody has claimed it, so it stays in use.
    Claimed,
}

/// How tokens are taken out of use.
#[derive(Clone, Copy, Debug)]
pub struct Revoking<'a> {
    /// When.
    pub at: Time,
    /// Who does it.
    pub actor: &'a Actor,
    /// Why.
    pub reason: Option<&'a Reason>,
}

impl Write {
    /// Takes a token within reach out of use. None: there is no such token.
    pub async fn revoke_token(
        &mut self,
        reach: Reach,
        id: TokenId,
        how: Revoking<'_>,
    ) -> Result<Option<Revocation>, StoreError> {
        let found: Option<RevocableRow> = sqlx::query_as(
            "SELECT s.org_id, s.claimed_at, s.revoked_at, s.batch_id, s.number FROM static_tokens s
             JOIN org_tree t ON t.org_id = s.org_id
             LEFT JOIN batches b ON b.id = s.batch_id
             WHERE s.id = $1 AND t.ancestor_id = $2 AND t.depth <= $3
             AND (s.batch_id IS NULL OR b.state = 'ready')",
        )
        .bind(id.0)
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_optional(&mut *self.0)
        .await?;
        let revoked = match found {
            None => return Ok(None),
            Some((_, Some(_), ..)) => return Ok(Some(Revocation::Claimed)),
            Some((_, None, Some(_), ..)) => return Ok(Some(Revocation::Before)),
            Some((org, None, None, batch, number)) => {
                Revocation::Now(OrgId(org), batch.map(BatchId), number.unwrap_or(id.0))
            }
        };
        sqlx::query(
            "UPDATE static_tokens SET revoked_at = $2, revoked_by = $3, revoke_reason = $4
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(how.at.0)
        .bind(how.actor.to_string())
        .bind(how.reason.map(Reason::as_str))
        .execute(&mut *self.0)
        .await?;
        Ok(Some(revoked))
    }

    /// Takes some of a batch's unclaimed tokens out of use, and says how many that were.
    pub async fn revoke_unclaimed(
        &mut self,
        batch: BatchId,
        most: i64,
        how: Revoking<'_>,
    ) -> Result<i64, StoreError> {
        let done = sqlx::query(
            "UPDATE static_tokens SET revoked_at = $2, revoked_by = $4, revoke_reason = $5
             WHERE id IN (
                 SELECT id FROM static_tokens
                 WHERE batch_id = $1 AND revoked_at IS NULL AND claimed_at IS NULL LIMIT $3)
             AND claimed_at IS NULL",
        )
        .bind(batch.0)
        .bind(how.at.0)
        .bind(most)
        .bind(how.actor.to_string())
        .bind(how.reason.map(Reason::as_str))
        .execute(&mut *self.0)
        .await?;
        Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
    }
}
