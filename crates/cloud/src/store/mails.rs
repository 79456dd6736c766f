//! Mails on their way.

use handover_wire::{OrgId, Page, PageQuery, UserId, WaitingMail};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::listing::{Bound, Listing};
use super::{Store, StoreError, Write};
use crate::clock::Time;
use crate::domain::{Actor, Holder, LEASE_SECONDS, MailState, Queued, Trouble};

/// A mail to add.
pub struct NewMail<'a> {
    /// What kind of letter it is.
    pub kind: &'static str,
    /// Its language, as BCP 47 has it.
    pub language: &'static str,
    /// Queued or kept.
    pub state: MailState,
    /// What it says and to whom, encrypted.
    pub sealed: &'a [u8],
}

/// A mail that this process alone may try, until the lease ends.
pub struct LeasedMail {
    /// Its number.
    pub id: i64,
    /// Its state, this try counted.
    pub queued: Queued,
    /// What it says and to whom, encrypted.
    pub sealed: Vec<u8>,
}

/// A mail for the mailbox page.
pub struct KeptRow {
    /// Its number.
    pub id: i64,
    /// When it was written.
    pub at: Time,
    /// Its language, as BCP 47 has it.
    pub language: String,
    /// What it says and to whom, encrypted.
    pub sealed: Vec<u8>,
}

impl FromRow<'_, AnyRow> for KeptRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            at: Time(row.try_get("created_at")?),
            language: row.try_get("language")?,
            sealed: row.try_get("sealed")?,
        })
    }
}

/// What is left of a mail that was given up.
pub struct GivenUpRow {
    /// When it was.
    pub at: Time,
    /// What the last try failed of.
    pub trouble: Option<Trouble>,
    /// To whom it was and its subject, encrypted.
    pub sealed: Vec<u8>,
}

impl FromRow<'_, AnyRow> for GivenUpRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let words: Option<String> = row.try_get("trouble")?;
        Ok(Self {
            at: Time(row.try_get("ended_at")?),
            trouble: words.as_deref().and_then(Trouble::from_words),
            sealed: row.try_get("sealed")?,
        })
    }
}

/// Mails that were given up which are looked at, at the most.
const GIVEN_UP_MOST: i64 = 20;
/// How long ended and kept mails stay.
const KEPT_SECONDS: i64 = 30 * 24 * 3_600;
/// Kept mails at the most.
const KEPT_MOST: i64 = 1_000;

/// People of an organization who are told of one thing, at the most.
const TOLD_MOST: i64 = 20;

const QUEUED: &str = "queued";
const SENT: &str = "sent";
const KEPT: &str = "kept";
const FAILED: &str = "failed";

impl Store {
    /// When the next mail is to be tried.
    pub async fn next_mail(&self) -> Result<Option<Time>, StoreError> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT MIN(next_try) FROM mails WHERE state = $1")
                .bind(QUEUED)
                .fetch_one(&mut *self.read().await?)
                .await?;
        Ok(next.map(Time))
    }

    /// The kept mails, the newest first.
    pub async fn kept_mails(&self, page: PageQuery) -> Result<Page<KeptRow>, StoreError> {
        let listing = Listing {
            count: "SELECT COUNT(*) FROM mails WHERE state = $1",
            rows: "SELECT * FROM mails WHERE state = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
            bound: &[Bound::Text(KEPT)],
        };
        self.list(listing, page).await
    }

    /// All kept mails, the newest first: `KEPT_MOST` of them at the most.
    pub async fn all_kept_mails(&self) -> Result<Vec<KeptRow>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM mails WHERE state = $1 ORDER BY id DESC")
            .bind(KEPT)
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(rows)
    }

    /// The mails that the mail server has not taken: those that wait, and those that were given up from `since` on.
    pub async fn waiting_mail(&self, since: Time) -> Result<WaitingMail, StoreError> {
        let mut connection = self.read().await?;
        let (waiting, oldest): (i64, Option<i64>) =
            sqlx::query_as("SELECT COUNT(*), MIN(created_at) FROM mails WHERE state = $1")
                .bind(QUEUED)
                .fetch_one(&mut *connection)
                .await?;
        let failed =
            sqlx::query_scalar("SELECT COUNT(*) FROM mails WHERE state = $1 AND ended_at >= $2")
                .bind(FAILED)
                .bind(since.0)
                .fetch_one(&mut *connection)
                .await?;
        // What those that wait were tried in vain for is of more account than what became of others before.
        let words: Option<String> = sqlx::query_scalar(
            "SELECT trouble FROM mails
             WHERE trouble IS NOT NULL AND (state = $1 OR state = $2 AND ended_at >= $3)
             ORDER BY CASE WHEN state = $1 THEN 0 ELSE 1 END, COALESCE(ended_at, next_try) DESC, id DESC
             LIMIT 1",
        )
        .bind(QUEUED)
        .bind(FAILED)
        .bind(since.0)
        .fetch_optional(&mut *connection)
        .await?;
        let trouble = words.as_deref().and_then(Trouble::from_words);
        Ok(WaitingMail {
            waiting,
            failed,
            oldest,
            trouble: trouble.map(Into::into),
            given_up: Vec::new(),
        })
    }

    /// What is left of the mails that were given up from `since` on, the newest first.
    pub async fn given_up(&self, since: Time) -> Result<Vec<GivenUpRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT ended_at, trouble, sealed FROM mails
             WHERE state = $1 AND ended_at >= $2 AND sealed IS NOT NULL
             ORDER BY ended_at DESC, id DESC LIMIT $3",
        )
        .bind(FAILED)
        .bind(since.0)
        .bind(GIVEN_UP_MOST)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows)
    }

    /// A kept mail.
    pub async fn kept_mail(&self, id: i64) -> Result<Option<KeptRow>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM mails WHERE state = $1 AND id = $2")
            .bind(KEPT)
            .bind(id)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row)
    }
}

impl Write {
    /// Adds a mail.
    pub async fn insert_mail(&mut self, mail: NewMail<'_>, now: Time) -> Result<(), StoreError> {
        let (state, next) = match mail.state {
            MailState::Queued(queued) => (QUEUED, Some(queued.next.0)),
            MailState::Kept => (KEPT, None),
            MailState::Sent { .. } | MailState::Failed { .. } => {
                return Err(StoreError::Corrupt("a new mail has not ended"));
            }
        };
        sqlx::query(
            "INSERT INTO mails (created_at, kind, language, state, attempts, next_try, sealed)
             VALUES ($1, $2, $3, $4, 0, $5, $6)",
        )
        .bind(now.0)
        .bind(mail.kind)
        .bind(mail.language)
        .bind(state)
        .bind(next)
        .bind(mail.sealed)
        .execute(&mut *self.0)
        .await?;
        if state == KEPT {
            self.drop_oldest_kept().await?;
        }
        Ok(())
    }

    async fn drop_oldest_kept(&mut self) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM mails WHERE state = $1 AND id <= (
                 SELECT id FROM mails WHERE state = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
        )
        .bind(KEPT)
        .bind(KEPT_MOST)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Takes the mail whose turn it is for this process: no other gets it until the lease ends.
    pub async fn lease_mail(&mut self, now: Time) -> Result<Option<LeasedMail>, StoreError> {
        let row: Option<(i64, i64, i64, i64, Vec<u8>)> = sqlx::query_as(
            "UPDATE mails SET attempts = attempts + 1, next_try = $1
             WHERE id = (SELECT id FROM mails WHERE state = $2 AND next_try <= $3
                         ORDER BY next_try, id LIMIT 1)
             RETURNING id, created_at, attempts, next_try, sealed",
        )
        .bind(now.plus_seconds(LEASE_SECONDS).0)
        .bind(QUEUED)
        .bind(now.0)
        .fetch_optional(&mut *self.0)
        .await?;
        row.map(|(id, since, attempts, next, sealed)| {
            let queued = Queued {
                since: Time(since),
                attempts: u32::try_from(attempts)
                    .map_err(|_| StoreError::Corrupt("a mail was tried too often"))?,
                next: Time(next),
            };
            Ok(LeasedMail { id, queued, sealed })
        })
        .transpose()
    }

    /// Writes down what became of a try, and what is left of a mail that is tried no more. Nothing happens where the lease has ended and another process took its turn.
    pub async fn settle_mail(
        &mut self,
        leased: &LeasedMail,
        state: MailState,
        trouble: Option<Trouble>,
        left: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let (name, next, ended) = match state {
            MailState::Queued(queued) => (QUEUED, Some(queued.next.0), None),
            MailState::Sent { at } => (SENT, None, Some(at.0)),
            MailState::Failed { at, .. } => (FAILED, None, Some(at.0)),
            MailState::Kept => (KEPT, None, None),
        };
        sqlx::query(
            "UPDATE mails SET state = $3, next_try = $4, ended_at = $5, trouble = $6,
                              sealed = CASE WHEN $7 = 1 THEN $9 ELSE sealed END
             WHERE id = $1 AND attempts = $2 AND state = $8",
        )
        .bind(leased.id)
        .bind(i64::from(leased.queued.attempts))
        .bind(name)
        .bind(next)
        .bind(ended)
        .bind(trouble.map(|trouble| trouble.to_string()))
        .bind(i64::from(ended.is_some()))
        .bind(QUEUED)
        .bind(left.map(<[u8]>::to_vec))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Forgets mails of long ago.
    pub(super) async fn tidy_mails(&mut self, now: Time) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM mails WHERE created_at < $1 AND state <> $2")
            .bind(now.plus_seconds(-KEPT_SECONDS).0)
            .bind(QUEUED)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

/// Whom a mail is for.
#[derive(Clone)]
pub struct Addressee {
    /// The address.
    pub email: String,
    /// BCP 47 language tag.
    pub locale: String,
}

impl FromRow<'_, AnyRow> for Addressee {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            email: row.try_get("email")?,
            locale: row.try_get("locale")?,
        })
    }
}

impl Write {
    /// Where a person gets mail.
    pub async fn addressee(&mut self, user: UserId) -> Result<Addressee, StoreError> {
        let row = sqlx::query_as("SELECT email, locale FROM users WHERE id = $1")
            .bind(user.0)
            .fetch_one(&mut *self.0)
            .await?;
        Ok(row)
    }

    /// Who is told what becomes of the devices that somebody has: the owner, else those of the organization who may most.
    /// Nobody is told what they did themselves.
    pub async fn addressees(
        &mut self,
        holder: Holder,
        but: &Actor,
    ) -> Result<Vec<Addressee>, StoreError> {
        let but = match but {
            Actor::User(user) => user.0,
            Actor::Client(_) | Actor::Cloud => 0,
        };
        Ok(sqlx::query_as(
            "SELECT email, locale FROM users
             WHERE status = 'Active' AND id <> $3
             AND (id = $2 OR ($2 = 0 AND org_id = $1 AND role =
                 (SELECT MIN(role) FROM users WHERE org_id = $1 AND status = 'Active')))
             ORDER BY id LIMIT $4",
        )
        .bind(holder.org.0)
        .bind(holder.owner.map_or(0, |id| id.0))
        .bind(but)
        .bind(TOLD_MOST)
        .fetch_all(&mut *self.0)
        .await?)
    }

    /// What to call those who have a device, beside somebody else: the organization, or the owner within the same one.
    pub async fn name_of_holder(
        &mut self,
        holder: Holder,
        beside: OrgId,
    ) -> Result<String, StoreError> {
        let name = match holder.owner.filter(|_| holder.org == beside) {
            Some(owner) => sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(owner.0),
            None => sqlx::query_scalar("SELECT name FROM organizations WHERE id = $1")
                .bind(holder.org.0),
        };
        Ok(name.fetch_one(&mut *self.0).await?)
    }

    /// What to call whoever acts.
    pub async fn name_of(&mut self, actor: &Actor) -> Result<String, StoreError> {
        let name = match actor {
            Actor::User(user) => {
                sqlx::query_scalar("SELECT name FROM users WHERE id = $1").bind(user.0)
            }
            Actor::Client(id) => {
                sqlx::query_scalar("SELECT name FROM oauth_clients WHERE client_id = $1").bind(id)
            }
            Actor::Cloud => return Ok("Handover".to_owned()),
        };
        Ok(name.fetch_one(&mut *self.0).await?)
    }
}
