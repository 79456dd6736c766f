//! Batches: asked for, made chunk by chunk, ended. Their tokens are listed in `batch_tokens`.

use handover_wire::{
    Batch, BatchFailure, BatchId, BatchSource, BatchState, ClaimProof, IdentifierKind, ListSort,
    OrgId, Page, PageQuery, SecretsShown, TemplateId, UserId,
};
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{FromRow, Row};

use super::listing::{Bound, Listing, contains, sorted};
use super::{NewToken, Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{Actor, BatchName, Description, Reach, Scheme, caseless, told_apart_by};
use crate::secrets::Kept;

/// A batch to make.
pub struct NewBatch<'a> {
    /// In which organization.
    pub org: OrgId,
    /// The template's numeric id.
    pub template: i64,
    /// Its name.
    pub name: &'a BatchName,
    /// What there is to know about it.
    pub note: Option<&'a Description>,
    /// How many tokens.
    pub count: i64,
    /// What its tokens come from.
    pub source: BatchSource,
    /// What identifies the devices, and what has to come with that.
    pub identifiers: Option<(&'a Scheme, ClaimProof)>,
    /// How long its secrets can be read.
    pub secrets: SecretsShown,
    /// What its tokens have of their own.
    pub rows: Option<NewRows<'a>>,
    /// Whose devices its tokens become, once all are there; they stay tokens where this is none.
    pub owner: Option<UserId>,
    /// Who asked for it.
    pub actor: &'a Actor,
}

/// The rows that a batch is to be made of.
pub struct NewRows<'a> {
    /// The metadata fields, as a JSON list.
    pub fields: &'a str,
    /// One JSON object on a line.
    pub lines: &'a [u8],
}

/// A batch that this process alone goes on with, until the lease ends.
#[derive(Clone, Debug)]
pub struct LeasedBatch {
    /// Its number.
    pub id: i64,
    /// In which organization.
    pub org_id: i64,
    /// The template's numeric id.
    pub template_id: i64,
    /// Its name.
    pub name: String,
    /// What identifies the devices, by its name.
    pub identifier_kind: Option<String>,
    /// What has to come with an identifier, by its name.
    pub proof: Option<String>,
    /// Tokens that it is to have.
    pub wanted: i64,
    /// Tokens that were made so far.
    pub made: i64,
    /// Whose devices its tokens become; none where they stay tokens.
    pub owner_id: Option<i64>,
    /// Who asked for it; none where that was not written down yet.
    pub actor: Option<String>,
}

impl FromRow<'_, AnyRow> for LeasedBatch {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            org_id: row.try_get("org_id")?,
            template_id: row.try_get("template_id")?,
            name: row.try_get("name")?,
            identifier_kind: row.try_get("identifier_kind")?,
            proof: row.try_get("proof")?,
            wanted: row.try_get("wanted")?,
            made: row.try_get("made")?,
            owner_id: row.try_get("owner_id")?,
            actor: row.try_get("actor")?,
        })
    }
}

/// What a token of a batch has of its own, beside its secrets.
pub struct TokenDetails {
    /// Its place in the batch, from 1.
    pub number: i64,
    /// The name that its device gets.
    pub name: Option<String>,
    /// What its device is identified by.
    pub identifier: Option<String>,
    /// What proves that somebody has the device that is identified.
    pub code: Option<Kept>,
    /// Metadata, as a JSON object.
    pub metadata: Option<String>,
    /// What searches look through.
    pub folded: String,
}

/// How long batches that came to nothing stay in the list.
const ENDED_KEPT_SECONDS: i64 = 7 * 24 * 3_600;

impl FromRow<'_, AnyRow> for BatchRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let kind: Option<String> = row.try_get("identifier_kind")?;
        let state = word(row.try_get("state")?)?;
        let count: i64 = row.try_get("wanted")?;
        let (claimed, revoked): (i64, i64) = (row.try_get("claimed")?, row.try_get("revoked")?);
        let proof: Option<String> = row.try_get("proof")?;
        Ok(Self(Batch {
            id: BatchId(row.try_get("id")?),
            org_id: OrgId(row.try_get("org_id")?),
            org_name: row.try_get("org_name")?,
            template_id: TemplateId(row.try_get("public_template_id")?),
            template_name: row.try_get("template_name")?,
            name: row.try_get("name")?,
            note: row.try_get("note")?,
            source: word(row.try_get("source")?)?,
            identifier_kind: kind.map(word).transpose()?,
            identifier_pattern: row.try_get("identifier_pattern")?,
            proof: proof.map(word).transpose()?,
            secrets: word(row.try_get("secrets")?)?,
            exported_at: row.try_get("exported_at")?,
            state,
            count,
            made: row.try_get("made")?,
            // Nobody has the tokens of an unfinished batch.
            unclaimed: match state {
                BatchState::Ready => count - claimed - revoked,
                _ => 0,
            },
            claimed,
            revoked,
            created_at: row.try_get("created_at")?,
            failure: failure(row)?,
        }))
    }
}

/// Why it came to nothing, where it did and that is known.
pub(super) fn failure(row: &AnyRow) -> Result<Option<BatchFailure>, sqlx::Error> {
    let json: Option<String> = row.try_get("failure")?;
    let failure = json.map(|json| serde_json::from_str(&json)).transpose();
    failure.map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Columns of a token of a batch.
const TOKEN_COLUMNS: [&str; 18] = [
    "org_id",
    "template_id",
    "auth_digest",
    "auth_sealed",
    "qr_digest",
    "qr_sealed",
    "created_at",
    "batch_id",
    "number",
    "name",
    "identifier_kind",
    "identifier",
    "metadata",
    "folded",
    "code_digest",
    "code_sealed",
    "sought",
    "alike",
];

/// What adds so many tokens. Nothing but numbers and our own names is in it.
fn insert_tokens(many: usize) -> String {
    let row = |row: usize| {
        let places = (1..=TOKEN_COLUMNS.len()).map(|place| row * TOKEN_COLUMNS.len() + place);
        let places: Vec<_> = places.map(|place| format!("${place}")).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<_> = (0..many).map(row).collect();
    let columns = TOKEN_COLUMNS.join(", ");
    format!(
        "INSERT INTO static_tokens ({columns}) VALUES {}",
        rows.join(", ")
    )
}

struct BatchRow(Batch);

/// A member of a closed set by its name on the wire, which is its name in the database, too.
pub(super) fn word<T: serde::de::DeserializeOwned>(text: String) -> Result<T, sqlx::Error> {
    serde_json::from_value(serde_json::Value::String(text))
        .map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The name of a member of a closed set.
fn name_of(state: BatchState) -> &'static str {
    match state {
        BatchState::Making => "making",
        BatchState::Ready => "ready",
        BatchState::Cancelled => "cancelled",
        BatchState::Failed => "failed",
    }
}

/// The name of a kind of identifiers.
fn kind_name(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Serial => "serial",
        IdentifierKind::Eui48 => "eui48",
        IdentifierKind::Eui64 => "eui64",
        IdentifierKind::Imei => "imei",
        IdentifierKind::Pattern => "pattern",
    }
}

/// The name of what has to come with an identifier.
fn proof_name(proof: ClaimProof) -> &'static str {
    match proof {
        ClaimProof::ClaimCode => "claim_code",
        ClaimProof::Presence => "presence",
        ClaimProof::StaffApproval => "staff_approval",
        ClaimProof::None => "none",
    }
}

impl LeasedBatch {
    /// Whether a claim code is drawn for each of its identifiers.
    pub fn has_codes(&self) -> bool {
        self.proof.as_deref() == Some(proof_name(ClaimProof::ClaimCode))
    }
}

fn source_name(source: BatchSource) -> &'static str {
    match source {
        BatchSource::Generated => "generated",
        BatchSource::Imported => "imported",
    }
}

/// The columns of a batch, and what follows them. Its tokens are counted as they change (`tallies`).
macro_rules! select_batches {
    ($($rest:literal),+) => {
        concat!(
            "SELECT b.*, p.template_id AS public_template_id, p.name AS template_name,
                    o.name AS org_name,
                    (SELECT CAST(COALESCE(SUM(n.amount), 0) AS BIGINT) FROM tallies n
                     WHERE n.kind = 'claimed' AND n.of_id = b.id) AS claimed,
                    (SELECT CAST(COALESCE(SUM(n.amount), 0) AS BIGINT) FROM tallies n
                     WHERE n.kind = 'revoked' AND n.of_id = b.id) AS revoked
             FROM batches b
             JOIN templates p ON p.id = b.template_id
             JOIN organizations o ON o.id = b.org_id
             JOIN org_tree t ON t.org_id = b.org_id
             WHERE t.ancestor_id = $1 AND t.depth <= $2 AND b.becomes = 'tokens' ",
            $($rest),+
        )
    };
}

async fn within(
    executor: impl AnyExecutor<'_>,
    reach: Reach,
    id: BatchId,
) -> Result<Option<Batch>, StoreError> {
    let row: Option<BatchRow> = sqlx::query_as(select_batches!("AND b.id = $3"))
        .bind(reach.org.0)
        .bind(reach.depth)
        .bind(id.0)
        .fetch_optional(executor)
        .await?;
    Ok(row.map(|row| row.0))
}

impl Store {
    /// The batches within reach whose names hold the text; an empty text is in all.
    pub async fn batches(
        &self,
        reach: Reach,
        search: &str,
        sort: ListSort,
        page: PageQuery,
    ) -> Result<Page<Batch>, StoreError> {
        macro_rules! named {
            ($($order:literal),+) => {
                select_batches!("AND b.name_folded LIKE $3 ESCAPE '\\' ", $($order),+, " LIMIT $4 OFFSET $5")
            };
        }
        let [org, depth] = reach.bound();
        let listing = Listing {
            count: "SELECT COUNT(*) FROM batches b JOIN org_tree t ON t.org_id = b.org_id
                    WHERE t.ancestor_id = $1 AND t.depth <= $2 AND b.becomes = 'tokens'
                    AND b.name_folded LIKE $3 ESCAPE '\\'",
            rows: sorted!(sort, named, "b.name_folded", "b.id"),
            bound: &[org, depth, Bound::Text(&contains(search))],
        };
        let page: Page<BatchRow> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }

    /// A batch within reach.
    pub async fn batch(&self, reach: Reach, id: BatchId) -> Result<Option<Batch>, StoreError> {
        within(&mut *self.read().await?, reach, id).await
    }

    /// Whether there is anything for whoever makes batches: one that nobody works on, or what is left of one that ended.
    pub async fn batch_work(&self, now: Time) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM batches b
             WHERE (b.state = 'making' AND (b.lease_until IS NULL OR b.lease_until < $1))
             OR (b.state IN ('cancelled', 'failed')
                 AND EXISTS (SELECT 1 FROM static_tokens s WHERE s.batch_id = b.id))",
        )
        .bind(now.0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(count > 0)
    }

    /// Whether another organization waits for a batch that nobody works on.
    pub async fn others_wait(&self, org: OrgId, now: Time) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM batches WHERE state = 'making' AND org_id <> $1
             AND (lease_until IS NULL OR lease_until < $2)",
        )
        .bind(org.0)
        .bind(now.0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(count > 0)
    }

    /// In which organization and from which row on a batch's identifiers are to be made; none where it has none.
    pub async fn batch_identifiers(&self, id: BatchId) -> Result<Option<(OrgId, i64)>, StoreError> {
        let found: Option<(i64, i64)> = sqlx::query_as(
            "SELECT org_id, made FROM batches
             WHERE id = $1 AND identifier_kind IS NOT NULL",
        )
        .bind(id.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(found.map(|(org, made)| (OrgId(org), made)))
    }

    /// The rows that a batch is made of; none where a number was asked for.
    pub async fn batch_rows(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT lines FROM batch_rows WHERE batch_id = $1")
                .bind(id)
                .fetch_optional(&mut *self.read().await?)
                .await?,
        )
    }
}

impl Write {
    /// A batch within reach.
    pub async fn batch(&mut self, reach: Reach, id: BatchId) -> Result<Option<Batch>, StoreError> {
        within(&mut *self.0, reach, id).await
    }

    /// Adds a batch that is to be made.
    pub async fn insert_batch(
        &mut self,
        batch: &NewBatch<'_>,
        now: Time,
    ) -> Result<BatchId, StoreError> {
        let rows = batch.rows.as_ref();
        let scheme = batch.identifiers.map(|(scheme, _)| scheme);
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO batches (org_id, template_id, name, name_folded, note, source,
                                  identifier_kind, identifier_pattern, proof, fields, state, wanted,
                                  made, created_at, becomes, owner_id, actor, secrets)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'making', $11, 0, $12, $13, $14, $15, $16)
             RETURNING id",
        )
        .bind(batch.org.0)
        .bind(batch.template)
        .bind(batch.name.as_str())
        .bind(batch.name.folded())
        .bind(batch.note.map(Description::as_str))
        .bind(source_name(batch.source))
        .bind(scheme.map(|scheme| kind_name(scheme.kind())))
        .bind(scheme.and_then(Scheme::pattern))
        .bind(batch.identifiers.map(|(_, proof)| proof_name(proof)))
        .bind(rows.map_or("[]", |rows| rows.fields))
        .bind(batch.count)
        .bind(now.0)
        .bind(batch.owner.map_or("tokens", |_| "devices"))
        .bind(batch.owner.map(|owner| owner.0))
        .bind(batch.actor.to_string())
        .bind(match batch.secrets {
            SecretsShown::Kept => "kept",
            SecretsShown::Once => "once",
        })
        .fetch_one(&mut *self.0)
        .await?;
        if let Some(rows) = rows {
            sqlx::query("INSERT INTO batch_rows (batch_id, lines) VALUES ($1, $2)")
                .bind(id)
                .bind(rows.lines)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(BatchId(id))
    }

    /// Takes the oldest batch that nobody works on, until then, of the organization whose turn it is: the next one by its
    /// number.
    pub async fn lease_batch(
        &mut self,
        last: OrgId,
        now: Time,
        until: Time,
    ) -> Result<Option<LeasedBatch>, StoreError> {
        Ok(sqlx::query_as(
            "UPDATE batches SET lease_until = $2
             WHERE id = (SELECT id FROM batches
                         WHERE state = 'making' AND (lease_until IS NULL OR lease_until < $1)
                         ORDER BY CASE WHEN org_id > $3 THEN 0 ELSE 1 END, org_id, id LIMIT 1)
             RETURNING id, org_id, template_id, name, identifier_kind, proof, wanted, made,
                       owner_id, actor",
        )
        .bind(now.0)
        .bind(until.0)
        .bind(last.0)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// Gives a batch back, for whoever comes first.
    pub async fn release_batch(&mut self, id: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE batches SET lease_until = NULL WHERE id = $1 AND state = 'making'")
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Adds the next tokens of a batch, and keeps it until then. False, and nothing is added, where the batch is not
    /// being made any more, or somebody else went on with it.
    pub async fn add_to_batch(
        &mut self,
        batch: &LeasedBatch,
        tokens: &[(NewToken, TokenDetails)],
        now: Time,
        until: Time,
    ) -> Result<bool, StoreError> {
        let added = i64::try_from(tokens.len()).unwrap_or(i64::MAX);
        let moved = sqlx::query(
            "UPDATE batches SET made = made + $3, lease_until = $4
             WHERE id = $1 AND made = $2 AND state = 'making'",
        )
        .bind(batch.id)
        .bind(batch.made)
        .bind(added)
        .bind(until.0)
        .execute(&mut *self.0)
        .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        let kind = batch.identifier_kind.as_deref();
        // Many in one statement: to ask for each by itself takes as long as all else together.
        let together = self.rows_at_once(TOKEN_COLUMNS.len());
        for some in tokens.chunks(together) {
            let sql = insert_tokens(some.len());
            let mut query =
                sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(some.len() == together);
            for (token, details) in some {
                query = query
                    .bind(token.org.0)
                    .bind(token.template)
                    .bind(token.auth.digest.as_slice())
                    .bind(&token.auth.sealed)
                    .bind(token.qr.digest.as_slice())
                    .bind(&token.qr.sealed)
                    .bind(now.0)
                    .bind(batch.id)
                    .bind(details.number)
                    .bind(&details.name)
                    .bind(details.identifier.as_ref().and(kind))
                    .bind(&details.identifier)
                    .bind(&details.metadata)
                    .bind(&details.folded)
                    .bind(details.code.as_ref().map(|code| code.digest.as_slice()))
                    .bind(details.code.as_ref().map(|code| code.sealed.as_slice()))
                    .bind(details.identifier.as_deref().map(caseless))
                    .bind(details.identifier.as_deref().map(told_apart_by));
            }
            query.execute(&mut *self.0).await?;
        }
        Ok(true)
    }

    /// Notes that a batch whose secrets are shown once shows them now. Whether it does: nobody was shown them before, or
    /// the same one was, not before `since`, and not all of it arrived.
    pub async fn note_exported(
        &mut self,
        id: BatchId,
        actor: &Actor,
        (now, since): (Time, Time),
    ) -> Result<bool, StoreError> {
        let noted = sqlx::query(
            "UPDATE batches SET exported_at = COALESCE(exported_at, $2), exported_by = $3
             WHERE id = $1 AND secrets = 'once'
             AND (exported_at IS NULL OR (exported_at >= $4 AND exported_by = $3))",
        )
        .bind(id.0)
        .bind(now.0)
        .bind(actor.to_string())
        .bind(since.0)
        .execute(&mut *self.0)
        .await?;
        Ok(noted.rows_affected() > 0)
    }

    /// Notes that all of an export arrived: nobody is shown it again.
    pub async fn note_arrived(&mut self, id: BatchId) -> Result<(), StoreError> {
        sqlx::query("UPDATE batches SET exported_by = NULL WHERE id = $1")
            .bind(id.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets the secrets of some tokens of a batch that has shown them, and says how many those were.
    pub async fn forget_secrets(&mut self, id: i64, most: i64) -> Result<u64, StoreError> {
        let nothing: &[u8] = &[];
        let forgotten = sqlx::query(
            "UPDATE static_tokens SET auth_sealed = $2, qr_sealed = $2,
                    code_sealed = CASE WHEN code_sealed IS NULL THEN NULL ELSE $2 END
             WHERE id IN (SELECT id FROM static_tokens
                          WHERE batch_id = $1 AND (auth_sealed <> $2 OR qr_sealed <> $2)
                          ORDER BY id LIMIT $3)",
        )
        .bind(id)
        .bind(nothing)
        .bind(most)
        .execute(&mut *self.0)
        .await?;
        Ok(forgotten.rows_affected())
    }

    /// A batch that has shown its secrets before then, and has some of them still: whoever wrote them out was killed.
    pub async fn unforgotten_batch(&mut self, before: Time) -> Result<Option<i64>, StoreError> {
        let nothing: &[u8] = &[];
        Ok(sqlx::query_scalar(
            "SELECT b.id FROM batches b WHERE b.secrets = 'once' AND b.exported_at < $1
             AND EXISTS (SELECT 1 FROM static_tokens s
                         WHERE s.batch_id = b.id AND s.auth_sealed <> $2) LIMIT 1",
        )
        .bind(before.0)
        .bind(nothing)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// Ends the making of a batch. Whether it was being made.
    pub async fn end_batch(
        &mut self,
        id: BatchId,
        state: BatchState,
        failure: Option<&BatchFailure>,
    ) -> Result<bool, StoreError> {
        let failure = failure.map(serde_json::to_string).transpose();
        let failure =
            failure.map_err(|_| StoreError::Corrupt("why it failed does not serialize"))?;
        let ended = sqlx::query(
            "UPDATE batches SET state = $2, failure = $3, lease_until = NULL
             WHERE id = $1 AND state = 'making'",
        )
        .bind(id.0)
        .bind(name_of(state))
        .bind(failure)
        .execute(&mut *self.0)
        .await?;
        sqlx::query("DELETE FROM batch_rows WHERE batch_id = $1")
            .bind(id.0)
            .execute(&mut *self.0)
            .await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Deletes some of what is left of batches that came to nothing, and says how many tokens that were.
    pub async fn sweep_batches(&mut self, most: i64) -> Result<u64, StoreError> {
        let swept = sqlx::query(
            "DELETE FROM static_tokens WHERE id IN (
                 SELECT s.id FROM batches b JOIN static_tokens s ON s.batch_id = b.id
                 WHERE b.state IN ('cancelled', 'failed') LIMIT $1)",
        )
        .bind(most)
        .execute(&mut *self.0)
        .await?;
        Ok(swept.rows_affected())
    }

    /// Forgets batches that came to nothing, or became devices, a while ago. The newest stays, so that SQLite gives no number again: the audit
    /// names batches by it.
    pub(super) async fn tidy_batches(&mut self, now: Time) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM batches WHERE created_at < $1
             AND (state IN ('cancelled', 'failed') OR (state = 'ready' AND becomes = 'devices'))
             AND id < (SELECT MAX(id) FROM batches)
             AND NOT EXISTS (SELECT 1 FROM static_tokens s WHERE s.batch_id = batches.id)",
        )
        .bind(now.plus_seconds(-ENDED_KEPT_SECONDS).0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
