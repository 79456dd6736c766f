//! Claims by identifier that wait for the word of the maker's support.

use handover_wire::{
    Approval, ApprovalId, ApprovalState, OrgId, Page, PageQuery, TimeSort, UserId,
};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::batches::word;
use super::listing::{Bound, Listing, contains};
use super::mails::Addressee;
use super::why::{named, near, whoever};
use super::{Store, StoreError, Work, Write};
use crate::clock::Time;
use crate::domain::{Actor, Reach, Reason, label};

/// People whom one letter goes to at the most.
const TOLD_MOST: i64 = 20;
/// Those of one token that are shown.
const SHOWN: i64 = 3;
/// Seconds for which support is told once, however many ask.
const TOLD_SECONDS: i64 = 3_600;

/// Seconds for which one that ended is kept, for whoever looks back.
const ENDED_KEPT_SECONDS: i64 = 90 * 24 * 3_600;

/// Somebody asks.
pub struct NewApproval<'a> {
    /// What they ask for; none where nothing has this identifier.
    pub token: Option<i64>,
    /// The identifier in its one form.
    pub identifier: &'a str,
    /// Whose the device would be.
    pub user: UserId,
    /// Until when it can be decided.
    pub until: Time,
    /// Why, for those who decide.
    pub reason: Option<&'a Reason>,
}

/// What decides about one.
pub struct ApprovalRow {
    /// Which static token, by internal id.
    pub token: i64,
    /// What was asked for.
    pub identifier: String,
    /// Whose the device would be.
    pub user: UserId,
    /// Where it is, as it was written down.
    pub state: ApprovalState,
    /// Until when it can be decided.
    pub until: Time,
}

impl FromRow<'_, AnyRow> for ApprovalRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            token: row.try_get("token_id")?,
            identifier: row.try_get("identifier")?,
            user: UserId(row.try_get("user_id")?),
            state: word(row.try_get("state")?)?,
            until: Time(row.try_get("until")?),
        })
    }
}

struct Listed(Approval);

impl FromRow<'_, AnyRow> for Listed {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let batch: String = row.try_get("batch_name")?;
        let taken: i64 = row.try_get("taken")?;
        Ok(Self(Approval {
            id: ApprovalId(row.try_get("id")?),
            identifier: row.try_get("identifier")?,
            label: label(&batch, row.try_get("number")?, row.try_get("wanted")?),
            template_name: row.try_get("template_name")?,
            user_id: UserId(row.try_get("user_id")?),
            user_name: row.try_get("user_name")?,
            user_email: row.try_get("user_email")?,
            org_id: OrgId(row.try_get("org_id")?),
            org_name: row.try_get("org_name")?,
            taken: taken != 0,
            state: word(row.try_get("state_now")?)?,
            created_at: row.try_get("created_at")?,
            until: row.try_get("until")?,
            ask_reason: row.try_get("ask_reason")?,
            decided_at: row.try_get("decided_at")?,
            decided_by: named(row, "decided_name")?,
            reason: row.try_get("reason_told")?,
        }))
    }
}

fn state_name(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Pending => "pending",
        ApprovalState::Approved => "approved",
        ApprovalState::Refused => "refused",
        ApprovalState::Expired => "expired",
    }
}

/// A query about those for tokens within reach and in a state, or in any where that is empty, that have a text: in what was
/// asked for, the label, whoever asked, or their organization. What nobody decided in time is expired, be it written down or
/// not.
macro_rules! approvals {
    ($select:literal, $joins:expr, $($rest:literal),+) => {
        concat!(
            $select,
            " FROM approvals a
              JOIN static_tokens s ON s.id = a.token_id
              JOIN org_tree t ON t.org_id = s.org_id
              JOIN batches b ON b.id = s.batch_id
              JOIN templates p ON p.id = s.template_id
              JOIN users u ON u.id = a.user_id
              JOIN organizations o ON o.id = u.org_id ",
            $joins,
            " WHERE t.ancestor_id = $1 AND t.depth <= $2
              AND $3 IN ('', CASE WHEN a.state = 'pending' AND a.until <= $4 THEN 'expired' ELSE a.state END)
              AND (s.folded LIKE $5 ESCAPE '\\' OR LOWER(a.identifier) LIKE $5 ESCAPE '\\'
                   OR u.folded LIKE $5 ESCAPE '\\' OR o.name_folded LIKE $5 ESCAPE '\\') ",
            $($rest),+
        )
    };
}

/// The same with all that is shown of them. Why somebody approved it are words that whoever asked is not told: they are for those
/// who are told who that was.
macro_rules! listed {
    ($($rest:literal),+) => {
        near!(approvals!(
            "SELECT a.*, s.number, b.name AS batch_name, b.wanted, p.name AS template_name,
                    u.name AS user_name, u.email AS user_email, u.org_id, o.name AS org_name,
                    CASE WHEN a.state = 'pending' AND a.until <= $4 THEN 'expired'
                         ELSE a.state END AS state_now,
                    CAST(CASE WHEN a.state = 'pending' AND (s.claimed_at IS NOT NULL
                                   OR s.revoked_at IS NOT NULL)
                         THEN 1 ELSE 0 END AS BIGINT) AS taken,
                    COALESCE(w.name, c.name) AS decided_name,
                    CASE WHEN a.state <> 'approved' OR COALESCE(w.org_id, c.org_id) IS NOT NULL
                         THEN a.reason END AS reason_told",
            whoever!("a.decided_by"),
            $($rest),+
        ))
    };
}

/// Which of them a list is of, and in which order.
#[derive(Clone, Copy, Debug)]
pub struct ApprovalQuery<'a> {
    /// For tokens of these organizations.
    pub reach: Reach,
    /// In this state.
    pub state: ApprovalState,
    /// With this text in what was asked for, the label, whoever asked, or their organization; an empty text is in all.
    pub search: &'a str,
    /// In this order; else the oldest first while they wait, and the newest of those that have had their word.
    pub sort: Option<TimeSort>,
}

impl Store {
    /// Those that a list is of.
    pub async fn approvals(
        &self,
        query: ApprovalQuery<'_>,
        page: PageQuery,
        now: Time,
    ) -> Result<Page<Approval>, StoreError> {
        let sort = query.sort.unwrap_or(match query.state {
            ApprovalState::Pending => TimeSort::Oldest,
            ApprovalState::Approved | ApprovalState::Refused | ApprovalState::Expired => {
                TimeSort::Newest
            }
        });
        let [org, depth] = query.reach.bound();
        let listing = Listing {
            count: approvals!("SELECT COUNT(*)", "", ""),
            rows: match sort {
                TimeSort::Newest => listed!("ORDER BY a.id DESC LIMIT $6 OFFSET $7"),
                TimeSort::Oldest => listed!("ORDER BY a.id LIMIT $6 OFFSET $7"),
            },
            bound: &[
                org,
                depth,
                Bound::Text(state_name(query.state)),
                Bound::Number(now.0),
                Bound::Text(&contains(query.search)),
            ],
        };
        let page: Page<Listed> = self.list(listing, page).await?;
        Ok(page.map(|row| row.0))
    }

    /// Whether somebody waits to be told: support of a claim that waits, or whoever asked that nobody decided in time.
    pub async fn approval_work(&self, now: Time) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM approvals
             WHERE state = 'pending' AND (until <= $1 OR (token_id IS NOT NULL AND told_at IS NULL)
                OR EXISTS (SELECT 1 FROM static_tokens s
                           WHERE s.id = approvals.token_id AND s.revoked_at IS NOT NULL))",
        )
        .bind(now.0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(count > 0)
    }
}

impl Work {
    /// Some that are for a token within reach, whatever became of them, the newest first.
    pub async fn approvals_of(
        &mut self,
        reach: Reach,
        token: i64,
        now: Time,
    ) -> Result<Vec<Approval>, StoreError> {
        let sql = listed!("AND a.token_id = $6 ORDER BY a.id DESC LIMIT $7");
        let found: Vec<Listed> = sqlx::query_as(sql)
            .bind(reach.org.0)
            .bind(reach.depth)
            .bind("")
            .bind(now.0)
            .bind(contains(""))
            .bind(token)
            .bind(SHOWN)
            .fetch_all(&mut **self)
            .await?;
        Ok(found.into_iter().map(|row| row.0).collect())
    }
}

impl Write {
    /// Notes that somebody asks, and says until when it can be decided: whoever asks again while one waits gets that one, with
    /// what they say now where they say why.
    pub async fn ask_approval(
        &mut self,
        new: NewApproval<'_>,
        now: Time,
    ) -> Result<Time, StoreError> {
        let until: i64 = sqlx::query_scalar(
            "INSERT INTO approvals (token_id, identifier, user_id, state, created_at, until, ask_reason)
             VALUES ($1, $2, $3, 'pending', $4, $5, $6)
             ON CONFLICT (user_id, identifier) WHERE state = 'pending' DO UPDATE SET
                 token_id = $1,
                 created_at = CASE WHEN approvals.until > $4 THEN approvals.created_at ELSE $4 END,
                 told_at = CASE WHEN approvals.until > $4 THEN approvals.told_at ELSE NULL END,
                 ask_reason = CASE WHEN approvals.until > $4
                                   THEN COALESCE(excluded.ask_reason, approvals.ask_reason)
                                   ELSE excluded.ask_reason END,
                 until = CASE WHEN approvals.until > $4 THEN approvals.until ELSE $5 END
             RETURNING until",
        )
        .bind(new.token)
        .bind(new.identifier)
        .bind(new.user.0)
        .bind(now.0)
        .bind(new.until.0)
        .bind(new.reason.map(Reason::as_str))
        .fetch_one(&mut *self.0)
        .await?;
        Ok(Time(until))
    }

    /// One for a token within reach.
    pub async fn approval(
        &mut self,
        reach: Reach,
        id: ApprovalId,
    ) -> Result<Option<ApprovalRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT a.* FROM approvals a
             JOIN static_tokens s ON s.id = a.token_id
             JOIN org_tree t ON t.org_id = s.org_id
             WHERE a.id = $1 AND t.ancestor_id = $2 AND t.depth <= $3",
        )
        .bind(id.0)
        .bind(reach.org.0)
        .bind(reach.depth)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// Writes down what became of one, by whom and why.
    pub async fn settle_approval(
        &mut self,
        id: ApprovalId,
        state: ApprovalState,
        (by, reason): (Option<&Actor>, Option<&Reason>),
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE approvals SET state = $2, reason = $3, decided_at = $4, decided_by = $5
             WHERE id = $1",
        )
        .bind(id.0)
        .bind(state_name(state))
        .bind(reason.map(Reason::as_str))
        .bind(now.0)
        .bind(by.map(Actor::to_string))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// What was asked for, where a device's move is the claim by which support approved that.
    pub async fn approved_by_move(
        &mut self,
        id: i64,
        token: Option<i64>,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT a.identifier FROM approvals a
             JOIN device_moves m ON m.id = $1 AND m.at = a.decided_at AND m.to_owner_id = a.user_id
             WHERE a.token_id = $2 AND a.state = 'approved' LIMIT 1",
        )
        .bind(id)
        .bind(token)
        .fetch_optional(&mut *self.0)
        .await?)
    }

    /// What was approved of a token since its claim waits again, as it did before: the claim was undone. Where whoever asked has
    /// another one that waits by now, that one stands for both.
    pub async fn reopen_approvals(&mut self, token: i64, claimed: Time) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM approvals
             WHERE token_id = $1 AND state = 'approved' AND decided_at >= $2
             AND EXISTS (SELECT 1 FROM approvals o WHERE o.state = 'pending'
                         AND o.user_id = approvals.user_id AND o.identifier = approvals.identifier)",
            "UPDATE approvals SET state = 'pending', decided_at = NULL, decided_by = NULL, reason = NULL
             WHERE token_id = $1 AND state = 'approved' AND decided_at >= $2",
        ] {
            sqlx::query(sql)
                .bind(token)
                .bind(claimed.0)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// Some that nobody decided in time: what was asked for, and by whom.
    pub async fn expired_approvals(
        &mut self,
        most: i64,
        now: Time,
    ) -> Result<Vec<(ApprovalId, String, UserId)>, StoreError> {
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(
            "SELECT id, identifier, user_id FROM approvals
             WHERE state = 'pending' AND until <= $1 ORDER BY until, id LIMIT $2",
        )
        .bind(now.0)
        .bind(most)
        .fetch_all(&mut *self.0)
        .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(id, identifier, user)| (ApprovalId(id), identifier, UserId(user)))
            .collect())
    }

    /// Some that wait for a device whose label was taken out of use meanwhile: what was asked for, by whom, and who revoked it.
    pub async fn revoked_approvals(
        &mut self,
        most: i64,
    ) -> Result<Vec<(ApprovalId, String, UserId, Option<Actor>)>, StoreError> {
        let rows: Vec<(i64, String, i64, Option<String>)> = sqlx::query_as(
            "SELECT a.id, a.identifier, a.user_id, s.revoked_by
             FROM approvals a JOIN static_tokens s ON s.id = a.token_id
             WHERE a.state = 'pending' AND s.revoked_at IS NOT NULL ORDER BY a.id LIMIT $1",
        )
        .bind(most)
        .fetch_all(&mut *self.0)
        .await?;
        let rows = rows.into_iter().map(|(id, identifier, user, by)| {
            let by = by.as_deref().and_then(Actor::parse);
            (ApprovalId(id), identifier, UserId(user), by)
        });
        Ok(rows.collect())
    }

    /// Organizations whose support has not been told of claims that wait, nor of others a moment ago; and how many there
    /// are by now.
    pub async fn untold_approvals(&mut self, now: Time) -> Result<Vec<(OrgId, i64)>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT s.org_id, COUNT(*) FROM approvals a JOIN static_tokens s ON s.id = a.token_id
             WHERE a.state = 'pending' AND a.until > $1
             GROUP BY s.org_id
             HAVING COUNT(a.told_at) < COUNT(*) AND COALESCE(MAX(a.told_at), 0) <= $2",
        )
        .bind(now.0)
        .bind(now.plus_seconds(-TOLD_SECONDS).0)
        .fetch_all(&mut *self.0)
        .await?;
        let rows = rows.into_iter().map(|(org, count)| (OrgId(org), count));
        Ok(rows.collect())
    }

    /// Notes that an organization's support was told of all that wait.
    pub async fn note_told(&mut self, org: OrgId, now: Time) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE approvals SET told_at = $2 WHERE state = 'pending' AND told_at IS NULL
             AND token_id IN (SELECT id FROM static_tokens WHERE org_id = $1)",
        )
        .bind(org.0)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// The support of an organization: whoever there may claim for others.
    pub async fn support_of(&mut self, org: OrgId) -> Result<Vec<Addressee>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT email, locale FROM users
             WHERE org_id = $1 AND status = 'Active' AND role <= $2 ORDER BY id LIMIT $3",
        )
        .bind(org.0)
        .bind(i64::from(handover_wire::Role::Staff.number()))
        .bind(TOLD_MOST)
        .fetch_all(&mut *self.0)
        .await?)
    }

    /// Forgets what ended a while ago: whoever asked has their answer, and the audit has it for good.
    pub(super) async fn tidy_approvals(&mut self, now: Time) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM approvals WHERE state <> 'pending' AND decided_at < $1")
            .bind(now.plus_seconds(-ENDED_KEPT_SECONDS).0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets what somebody asked for who leaves.
    pub(super) async fn forget_approvals(&mut self, user: UserId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM approvals WHERE user_id = $1")
            .bind(user.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
