//! The audit's chain, as it is kept: rows that wait to be sealed, sealed ones, and where they end.

use futures_util::TryStreamExt as _;
use handover_wire::OrgId;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, FromRow, Row as _};

use super::{Action, Store, StoreError, Write, digest};
use crate::domain::{Link, Sealable};
use crate::secrets::Digest;

/// Where the chain ended, and the proof of it.
pub type KeptEnd = (Link, Digest);

/// A row, and its place in the chain where it has one.
struct ChainRow(Sealable, Option<(i64, Vec<u8>)>);

impl FromRow<'_, AnyRow> for ChainRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let sealable = Sealable {
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            action: row.try_get("action")?,
            org: row.try_get("org_id")?,
            device: row.try_get("device_id")?,
            user: row.try_get("user_id")?,
            detail: row.try_get("detail")?,
            reason: row.try_get("reason")?,
        };
        let seq: Option<i64> = row.try_get("seq")?;
        let digest: Option<Vec<u8>> = row.try_get("digest")?;
        Ok(Self(
            sealable,
            seq.map(|seq| (seq, digest.unwrap_or_default())),
        ))
    }
}

/// What one look at the whole audit saw, all of one moment.
pub struct AuditSeen {
    /// Where the chain ended.
    pub end: Option<KeptEnd>,
    /// Rows that waited.
    pub waiting: i64,
}

const END: &str = "SELECT seq, digest, proof FROM audit_end";

type EndRow = Option<(i64, Vec<u8>, Vec<u8>)>;

/// A digest of another length is one that nobody sealed with.
fn kept_end(row: EndRow) -> Option<KeptEnd> {
    let (seq, end, proof) = row?;
    let link = Link {
        seq,
        digest: digest(&end).ok()?,
    };
    Some((link, digest(&proof).ok()?))
}

/// What a sealed row says of where something changed.
pub struct AuditChange {
    /// Its place in the chain.
    pub seq: i64,
    /// What was done; none where a later version of the program wrote it.
    pub action: Option<Action>,
    /// The organizations that it is about: the one that it was done in, and the one that its device is in now.
    pub orgs: [Option<OrgId>; 2],
}

impl FromRow<'_, AnyRow> for AuditChange {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let action: String = row.try_get("action")?;
        let now: Option<i64> = row.try_get("device_org_id")?;
        Ok(Self {
            seq: row.try_get("seq")?,
            action: Action::ALL
                .iter()
                .copied()
                .find(|one| one.as_str() == action),
            orgs: [Some(OrgId(row.try_get("org_id")?)), now.map(OrgId)],
        })
    }
}

impl Store {
    /// The last place in the chain; 0 before the first row.
    pub async fn last_sealed(&self) -> Result<i64, StoreError> {
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(seq) FROM audit")
            .fetch_one(&mut *self.read().await?)
            .await?;
        Ok(last.unwrap_or_default())
    }

    /// What was sealed after a place, in the order of the chain, at most so much.
    pub async fn audit_after(&self, seq: i64, most: i64) -> Result<Vec<AuditChange>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT a.seq, a.action, a.org_id, d.org_id AS device_org_id
             FROM audit a LEFT JOIN devices d ON d.id = a.device_id
             WHERE a.seq > $1 ORDER BY a.seq LIMIT $2",
        )
        .bind(seq)
        .bind(most)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// Whether rows wait to be sealed.
    pub async fn audit_waits(&self) -> Result<bool, StoreError> {
        let waiting: Option<i64> =
            sqlx::query_scalar("SELECT id FROM audit WHERE seq IS NULL ORDER BY id LIMIT 1")
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(waiting.is_some())
    }

    /// Hands over the sealed rows in the order of the chain, until `each` says no.
    pub async fn walk_audit(
        &self,
        each: &mut (dyn FnMut(&Sealable, Link) -> bool + Send),
    ) -> Result<AuditSeen, StoreError> {
        let mut moment = self.snapshot().await?;
        let end: EndRow = sqlx::query_as(END).fetch_optional(&mut *moment).await?;
        let waiting = sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE seq IS NULL")
            .fetch_one(&mut *moment)
            .await?;
        let sealed = "SELECT * FROM audit WHERE seq IS NOT NULL ORDER BY seq";
        let mut rows = sqlx::query_as::<_, ChainRow>(sealed).fetch(&mut *moment);
        while let Some(ChainRow(row, place)) = rows.try_next().await? {
            let (seq, found) = place.ok_or(StoreError::Corrupt("a sealed row has no place"))?;
            // One of another length is no row's, as little as one of zeros.
            let digest = digest(&found).unwrap_or_default();
            if !each(&row, Link { seq, digest }) {
                break;
            }
        }
        Ok(AuditSeen {
            end: kept_end(end),
            waiting,
        })
    }
}

impl Write {
    /// Where the chain ends.
    pub async fn audit_end(&mut self) -> Result<Option<KeptEnd>, StoreError> {
        let row: EndRow = sqlx::query_as(END).fetch_optional(&mut *self.0).await?;
        Ok(kept_end(row))
    }

    /// Whether any row is sealed.
    pub async fn has_sealed(&mut self) -> Result<bool, StoreError> {
        let sealed: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM audit WHERE seq IS NOT NULL LIMIT 1")
                .fetch_optional(&mut *self.0)
                .await?;
        Ok(sealed.is_some())
    }

    /// The rows that wait, at most so many, in the order of their numbers.
    pub async fn audit_waiting(&mut self, most: usize) -> Result<Vec<Sealable>, StoreError> {
        let rows: Vec<ChainRow> =
            sqlx::query_as("SELECT * FROM audit WHERE seq IS NULL ORDER BY id LIMIT $1")
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .fetch_all(&mut *self.0)
                .await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// Gives rows their places, many in one statement: whoever else changes something waits no longer than for that.
    pub async fn seal_audit(&mut self, places: &[(i64, Link)]) -> Result<(), StoreError> {
        let together = self.rows_at_once(3);
        for some in places.chunks(together) {
            self.seal_some(some, some.len() == together).await?;
        }
        Ok(())
    }

    /// Gives some rows their places, with a statement that is kept where there are as many rows as usual.
    async fn seal_some(&mut self, places: &[(i64, Link)], usual: bool) -> Result<(), StoreError> {
        // Both databases name the columns of a list of values like this.
        let row = |index: usize| {
            let first = 3 * index + 1;
            format!("(${first}, ${}, ${})", first + 1, first + 2)
        };
        let rows: Vec<_> = (0..places.len()).map(row).collect();
        let update = AssertSqlSafe(format!(
            "UPDATE audit SET seq = v.column2, digest = v.column3 FROM (VALUES {}) AS v
             WHERE audit.id = v.column1",
            rows.join(", ")
        ));
        let mut update = sqlx::query(update).persistent(usual);
        for (id, place) in places {
            update = update.bind(*id).bind(place.seq).bind(&place.digest[..]);
        }
        update.execute(&mut *self.0).await?;
        Ok(())
    }

    /// Writes down where the chain ends.
    pub async fn set_audit_end(&mut self, (end, proof): KeptEnd) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO audit_end (only_row, seq, digest, proof) VALUES (1, $1, $2, $3)
             ON CONFLICT (only_row) DO UPDATE
             SET seq = excluded.seq, digest = excluded.digest, proof = excluded.proof",
        )
        .bind(end.seq)
        .bind(&end.digest[..])
        .bind(&proof[..])
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
