//! What support is told of a label that does not claim. All of it is within their reach: what others made is left out by
//! the very queries that find the rest, so that it is like what nobody has.

use handover_wire::{
    BatchId, DeviceId, IdentifierKind, OrgId, RefusedClaim, ReplacedLabel, TokenId, WhyDevice,
};
use sqlx::any::AnyRow;
use sqlx::{Any, FromRow, Row as _};

use super::batch_tokens::label_of;
use super::batches::word;
use super::engine::Engine;
use super::hands::kind_of;
use super::label_search::LabelText;
use super::listing::is_alike;
use super::{StoreError, Work};
use crate::domain::{Names, Reach};
use crate::secrets::Digest;

/// Labels that are found at the most; one more tells that there are others.
const MOST: i64 = 6;
/// Refused claims that are told.
const MOST_REFUSED: i64 = 10;
/// Requests that are looked for at a time.
const TOGETHER: usize = 24;

/// What a label is looked for by.
#[derive(Clone, Copy)]
pub enum Sought<'a> {
    /// The code that counts.
    Label(&'a Digest),
    /// One that had a successor.
    OldLabel(&'a Digest),
    /// The device's key.
    AuthToken(&'a Digest),
    /// Its number.
    Number(TokenId),
    /// What identifies the device, revoked or not.
    Named(&'a Names),
    /// A part of its name, of an identifier or of the name that its device gets.
    Text(&'a str),
}

/// What there is to know of a label beside whose it is.
pub struct LabelRow {
    /// Its number.
    pub id: TokenId,
    /// What it is called.
    pub label: String,
    /// Its batch.
    pub batch: Option<BatchId>,
    /// What the organization is called that made it.
    pub org_name: String,
    /// What identifies its device.
    pub identifier: Option<String>,
    /// What that is.
    pub identifier_kind: Option<IdentifierKind>,
    /// The device that came of it, within reach.
    pub device: Option<WhyDevice>,
    /// When it was claimed.
    pub claimed_at: Option<i64>,
    /// When it was taken out of use.
    pub revoked_at: Option<i64>,
    /// Who did that, within reach.
    pub revoked_by: Option<String>,
    /// Why, in the words of somebody within reach.
    pub revoke_reason: Option<String>,
}

/// A refused claim of somebody within reach.
pub struct Attempt(pub RefusedClaim);

/// Whoever has left has an empty name.
pub(super) fn named(row: &AnyRow, column: &str) -> Result<Option<String>, sqlx::Error> {
    let name: Option<String> = row.try_get(column)?;
    Ok(name.filter(|name| !name.is_empty()))
}

struct DeviceFound(Option<WhyDevice>);

impl FromRow<'_, AnyRow> for DeviceFound {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let Some(id) = row.try_get("device_id")? else {
            return Ok(Self(None));
        };
        Ok(Self(Some(WhyDevice {
            id: DeviceId(id),
            name: row.try_get("device_name")?,
            org_id: OrgId(row.try_get("device_org_id")?),
            org_name: row.try_get("device_org_name")?,
            owner_name: named(row, "device_owner_name")?,
        })))
    }
}

impl FromRow<'_, AnyRow> for LabelRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let id: i64 = row.try_get("id")?;
        let kind: Option<String> = row.try_get("identifier_kind")?;
        Ok(Self {
            id: TokenId(id),
            label: label_of(row)?,
            batch: row.try_get::<Option<i64>, _>("batch_id")?.map(BatchId),
            org_name: row.try_get("org_name")?,
            identifier: row.try_get("identifier")?,
            identifier_kind: kind.map(word).transpose()?,
            device: DeviceFound::from_row(row)?.0,
            claimed_at: row.try_get("claimed_at")?,
            revoked_at: row.try_get("revoked_at")?,
            revoked_by: named(row, "by_name")?,
            revoke_reason: row.try_get("reason_told")?,
        })
    }
}

struct ReplacedRow(ReplacedLabel);

impl FromRow<'_, AnyRow> for ReplacedRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(ReplacedLabel {
            at: row.try_get("moved_at")?,
            kind: kind_of(row.try_get("kind")?)?,
            by: named(row, "by_name")?,
        }))
    }
}

impl FromRow<'_, AnyRow> for Attempt {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(RefusedClaim {
            at: row.try_get("created_at")?,
            by: named(row, "by_name")?.unwrap_or_default(),
            without_proof: row.try_get::<i64, _>("status")? == 422,
        }))
    }
}

/// The organizations within reach.
macro_rules! near {
    ($rest:expr) => {
        concat!(
            "WITH near AS (SELECT org_id FROM org_tree WHERE ancestor_id = $1 AND depth <= $2) ",
            $rest
        )
    };
}
pub(super) use near;

/// The labels within reach that this is true of.
macro_rules! labels {
    ($which:expr) => {
        near!(concat!(
            "SELECT s.id FROM static_tokens s LEFT JOIN batches b ON b.id = s.batch_id
             WHERE s.org_id IN (SELECT org_id FROM near)
             AND (s.batch_id IS NULL OR b.state = 'ready') AND ",
            $which
        ))
    };
}

/// Those of what identifies a device, revoked or not.
const NAMED: &str = labels!(concat!(
    is_alike!("s", "$3"),
    " ORDER BY CASE WHEN s.revoked_at IS NULL THEN 0 ELSE 1 END, s.org_id DESC, s.id DESC LIMIT $4"
));

/// Whoever a column names is `w` where they are a person and `c` where they are a machine, both within reach.
macro_rules! whoever {
    ($column:literal) => {
        concat!(
            " LEFT JOIN users w ON w.org_id IN (SELECT org_id FROM near)
                  AND w.id = CASE WHEN substr(",
            $column,
            ", 1, 5) = 'user ' THEN CAST(substr(",
            $column,
            ", 6) AS BIGINT) END
              LEFT JOIN oauth_clients c ON c.org_id IN (SELECT org_id FROM near)
                  AND substr(",
            $column,
            ", 1, 7) = 'client ' AND c.client_id = substr(",
            $column,
            ", 8) "
        )
    };
}
pub(super) use whoever;

/// The device `d` with where and whose it is.
macro_rules! device_columns {
    () => {
        "d.id AS device_id, d.name AS device_name, d.org_id AS device_org_id,
         q.name AS device_org_name, u.name AS device_owner_name"
    };
}

/// When a label was replaced. A transfer makes a new one when it can no longer be undone, and is told with its own time.
macro_rules! replaced {
    ($which:literal) => {
        near!(concat!(
            "SELECT COALESCE((SELECT MAX(m.at) FROM device_moves m
                 JOIN static_tokens s ON s.device_id = m.device_id
                 WHERE s.id = x.token_id AND m.kind = x.kind AND m.at <= x.replaced_at),
                 x.replaced_at) AS moved_at,
             x.kind, COALESCE(w.name, c.name) AS by_name FROM old_labels x",
            whoever!("x.actor"),
            $which
        ))
    };
}

impl Work {
    /// The static tokens within reach that this is of, those first that are in use.
    pub async fn sought_labels(
        &mut self,
        reach: Reach,
        sought: Sought<'_>,
    ) -> Result<Vec<i64>, StoreError> {
        let bound = |sql| sqlx::query_scalar::<Any, i64>(sql).bind(reach.org.0);
        let bound = |sql| bound(sql).bind(reach.depth);
        let query = match sought {
            Sought::Label(digest) => bound(labels!("s.qr_digest = $3 LIMIT $4")).bind(&digest[..]),
            Sought::OldLabel(digest) => bound(labels!(
                "s.id = (SELECT token_id FROM old_labels WHERE digest = $3) LIMIT $4"
            ))
            .bind(&digest[..]),
            Sought::AuthToken(digest) => {
                bound(labels!("s.auth_digest = $3 LIMIT $4")).bind(&digest[..])
            }
            Sought::Number(id) => bound(labels!("s.id = $3 LIMIT $4")).bind(id.0),
            Sought::Named(names) => bound(NAMED).bind(names.main()),
            Sought::Text(text) => {
                let text = LabelText::new(text);
                match self.engine {
                    Engine::Sqlite => bound(labels!(
                        "s.id IN (SELECT rowid FROM label_texts WHERE label_texts MATCH $3)
                         ORDER BY CASE WHEN s.revoked_at IS NULL THEN 0 ELSE 1 END, s.id DESC LIMIT $4"
                    ))
                    .bind(text.phrases()),
                    Engine::Postgres => bound(labels!(
                        "(s.folded LIKE $3 OR s.folded LIKE $4)
                         ORDER BY CASE WHEN s.revoked_at IS NULL THEN 0 ELSE 1 END, s.id DESC LIMIT $5"
                    ))
                    .bind(text.pattern())
                    .bind(text.number_pattern()),
                }
            }
        };
        Ok(query.bind(MOST).fetch_all(&mut **self).await?)
    }

    /// What there is to know of a static token that was found.
    pub async fn label_row(&mut self, reach: Reach, id: i64) -> Result<LabelRow, StoreError> {
        let sql = near!(concat!(
            "SELECT s.*, o.name AS org_name, b.name AS batch_name, b.wanted AS batch_wanted,
                    COALESCE(w.name, c.name) AS by_name,
                    CASE WHEN COALESCE(w.org_id, c.org_id) IS NOT NULL
                         THEN s.revoke_reason END AS reason_told, ",
            device_columns!(),
            " FROM static_tokens s
              JOIN organizations o ON o.id = s.org_id
              LEFT JOIN batches b ON b.id = s.batch_id
              LEFT JOIN devices d ON d.id = s.device_id AND d.org_id IN (SELECT org_id FROM near)
              LEFT JOIN organizations q ON q.id = d.org_id
              LEFT JOIN users u ON u.id = d.owner_id AND u.org_id IN (SELECT org_id FROM near)",
            whoever!("s.revoked_by"),
            "WHERE s.id = $3"
        ));
        Ok(sqlx::query_as(sql)
            .bind(reach.org.0)
            .bind(reach.depth)
            .bind(id)
            .fetch_one(&mut **self)
            .await?)
    }

    /// When a code had a successor, of this one or of a token's last; none where it had none.
    pub async fn replaced_label(
        &mut self,
        reach: Reach,
        (token, code): (i64, Option<&Digest>),
    ) -> Result<Option<ReplacedLabel>, StoreError> {
        let query = match code {
            Some(code) => sqlx::query_as(replaced!("WHERE x.token_id = $3 AND x.digest = $4"))
                .bind(reach.org.0)
                .bind(reach.depth)
                .bind(token)
                .bind(&code[..]),
            None => sqlx::query_as(replaced!(
                "WHERE x.token_id = $3 ORDER BY x.replaced_at DESC LIMIT 1"
            ))
            .bind(reach.org.0)
            .bind(reach.depth)
            .bind(token),
        };
        let row: Option<ReplacedRow> = query.fetch_optional(&mut **self).await?;
        Ok(row.map(|row| row.0))
    }

    /// The device within reach, made by hand, whose key this is.
    pub async fn unlabelled_device(
        &mut self,
        reach: Reach,
        auth: &Digest,
    ) -> Result<Option<WhyDevice>, StoreError> {
        let sql = near!(concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices d
              JOIN organizations q ON q.id = d.org_id
              LEFT JOIN users u ON u.id = d.owner_id AND u.org_id IN (SELECT org_id FROM near)
              WHERE d.auth_digest = $3 AND d.org_id IN (SELECT org_id FROM near)
              AND NOT EXISTS (SELECT 1 FROM static_tokens s WHERE s.device_id = d.id)"
        ));
        let row: Option<DeviceFound> = sqlx::query_as(sql)
            .bind(reach.org.0)
            .bind(reach.depth)
            .bind(&auth[..])
            .fetch_optional(&mut **self)
            .await?;
        Ok(row.and_then(|row| row.0))
    }

    /// Refusals of these requests to people and machines within reach, the newest first.
    pub async fn refused_claims(
        &mut self,
        reach: Reach,
        requests: &[Digest],
    ) -> Result<Vec<RefusedClaim>, StoreError> {
        let mut query = sqlx::query_as::<_, Attempt>(near!(concat!(
            "SELECT a.created_at, a.status, COALESCE(w.name, c.name) AS by_name
             FROM claim_answers a",
            whoever!("a.actor"),
            "WHERE a.status >= 400 AND COALESCE(w.name, c.name) IS NOT NULL
             AND a.request_digest IN ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                                      $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
             ORDER BY a.created_at DESC LIMIT $3"
        )))
        .bind(reach.org.0)
        .bind(reach.depth)
        .bind(MOST_REFUSED);
        // Places that are left over are filled once more, so that there is one query to prepare.
        for place in 0..TOGETHER {
            query = query.bind(&requests[place.min(requests.len() - 1)][..]);
        }
        let found = query.fetch_all(&mut **self).await?;
        Ok(found.into_iter().map(|attempt| attempt.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::listing::assert_plan;

    #[tokio::test]
    async fn labels_are_found_by_an_index() {
        assert_plan(&[
            (labels!("s.qr_digest = $3 LIMIT $4"), "qr_digest=?"),
            (super::NAMED, "static_tokens_by_alike"),
            (
                "SELECT 1 FROM claim_answers WHERE status >= 400 AND request_digest IN ($1, $2)",
                "claim_answers_refused",
            ),
        ])
        .await;
    }
}
