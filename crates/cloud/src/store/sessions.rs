//! Sessions and their tokens, which are kept as digests alone.

use handover_wire::{OrgId, Role, SessionInfo, UserId, UserStatus};

use super::{Store, StoreError, Work, Write, users};
use crate::clock::Time;
use crate::domain::{Acting, Actor, RefreshToken, SessionKind};
use crate::secrets::Digest;

/// A machine does what support does; people alone administrate.
const OF_MACHINES: Role = Role::Staff;

/// Who stands behind an access token.
pub struct CallerRow {
    /// Who acts.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// Where they belong.
    pub org: OrgId,
    /// The session that the token is of.
    pub session: i64,
}

/// A session to begin.
pub struct NewSession<'a> {
    /// Whose.
    pub actor: &'a Actor,
    /// Of which kind.
    pub kind: SessionKind,
    /// What the program calls itself.
    pub program: Option<&'a str>,
}

/// A refresh token as it was found.
pub struct RefreshRow {
    /// The session it belongs to.
    pub session: i64,
    /// What kind of session that is.
    pub kind: SessionKind,
    /// Whose that is.
    pub user: UserId,
    /// Its state.
    pub state: RefreshToken,
}

/// Which of a session's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionToken {
    /// The one that calls are made with.
    Access,
    /// The one that gets the next two.
    Refresh,
}

/// How long a claim's answer can be asked for again: 90 days, longer than any phone stays in a drawer with a claim.
const ANSWERS_KEPT_SECONDS: i64 = 90 * 24 * 3_600;

/// How long a link is remembered after its end, to say that it is too old or was used: 60 days.
const LINKS_KEPT_SECONDS: i64 = 60 * 24 * 3_600;

/// How long a session that nobody can go on with is kept.
const SESSIONS_KEPT_SECONDS: i64 = 30 * 24 * 3_600;

fn kind_name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Cookie => "cookie",
        SessionKind::Token => "token",
    }
}

fn session_kind(name: &str) -> Result<SessionKind, StoreError> {
    [SessionKind::Cookie, SessionKind::Token]
        .into_iter()
        .find(|&kind| kind_name(kind) == name)
        .ok_or(StoreError::Corrupt("a session of no known kind"))
}

impl Work {
    /// Somebody as they are now, for what is done in their name while they are away; none where nothing is any more.
    pub async fn acting(&mut self, actor: &Actor) -> Result<Option<Acting>, StoreError> {
        let (role, org) = match actor {
            Actor::User(id) => {
                let person = self.person(*id).await?;
                let Some(person) = person.filter(|one| one.status == UserStatus::Active) else {
                    return Ok(None);
                };
                (person.role_id, person.org_id)
            }
            Actor::Client(client) => {
                let org: Option<i64> = sqlx::query_scalar(
                    "SELECT org_id FROM oauth_clients WHERE client_id = $1 AND revoked_at IS NULL",
                )
                .bind(client)
                .fetch_optional(&mut **self)
                .await?;
                let Some(org) = org else {
                    return Ok(None);
                };
                (OF_MACHINES, OrgId(org))
            }
            Actor::Cloud => return Ok(None),
        };
        Ok(Some(Acting {
            actor: actor.clone(),
            role,
            org,
        }))
    }
}

impl Store {
    /// Who stands behind an access token that is good now.
    pub async fn caller(&self, token: &Digest, now: Time) -> Result<Option<CallerRow>, StoreError> {
        type Columns = (
            Option<i64>,
            Option<i64>,
            Option<i64>,
            Option<String>,
            Option<i64>,
            i64,
        );
        let row: Option<Columns> = sqlx::query_as(
            "SELECT u.id, u.role, u.org_id, c.client_id, c.org_id, s.id
             FROM access_tokens a
             JOIN sessions s ON s.id = a.session_id
             LEFT JOIN users u ON u.id = s.user_id AND u.status = 'Active'
             LEFT JOIN oauth_clients c ON c.client_id = s.client_id AND c.revoked_at IS NULL
             WHERE a.digest = $1 AND a.expires_at > $2 AND s.revoked_at IS NULL",
        )
        .bind(token.as_slice())
        .bind(now.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(match row {
            Some((Some(user), Some(role), Some(org), _, _, session)) => Some(CallerRow {
                actor: Actor::User(UserId(user)),
                role: users::role(role)?,
                org: OrgId(org),
                session,
            }),
            Some((_, _, _, Some(client), Some(org), session)) => Some(CallerRow {
                actor: Actor::Client(client),
                role: OF_MACHINES,
                org: OrgId(org),
                session,
            }),
            _ => None,
        })
    }

    /// A person's sessions that can go on, the last used first.
    pub async fn sessions_of(
        &self,
        user: UserId,
        now: Time,
    ) -> Result<Vec<SessionInfo>, StoreError> {
        let rows: Vec<(i64, String, Option<String>, i64, i64)> = sqlx::query_as(
            "SELECT s.id, s.kind, s.program, s.created_at, s.last_used_at FROM sessions s
             WHERE s.user_id = $1 AND s.revoked_at IS NULL AND EXISTS
                 (SELECT 1 FROM refresh_tokens r
                  WHERE r.session_id = s.id AND r.spent_at IS NULL AND r.expires_at > $2)
             ORDER BY s.last_used_at DESC, s.id DESC",
        )
        .bind(user.0)
        .bind(now.0)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter()
            .map(|(id, kind, program, created_at, last_used_at)| {
                Ok(SessionInfo {
                    id,
                    program,
                    browser: session_kind(&kind)? == SessionKind::Cookie,
                    created_at,
                    last_used_at,
                    current: false,
                })
            })
            .collect()
    }
}

impl Write {
    /// Begins a session.
    pub async fn insert_session(
        &mut self,
        new: NewSession<'_>,
        now: Time,
    ) -> Result<i64, StoreError> {
        let (user, client) = match new.actor {
            Actor::User(user) => (Some(user.0), None),
            Actor::Client(client) => (None, Some(client)),
            // It never signs in.
            Actor::Cloud => (None, None),
        };
        let id = sqlx::query_scalar(
            "INSERT INTO sessions (user_id, client_id, kind, program, created_at, last_used_at)
             VALUES ($1, $2, $3, $4, $5, $5) RETURNING id",
        )
        .bind(user)
        .bind(client)
        .bind(kind_name(new.kind))
        .bind(new.program)
        .bind(now.0)
        .fetch_one(&mut *self.0)
        .await?;
        Ok(id)
    }

    /// Notes that a session goes on.
    pub async fn touch_session(&mut self, session: i64, now: Time) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET last_used_at = $2 WHERE id = $1")
            .bind(session)
            .bind(now.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Ends one of a person's sessions. False where they have no such session.
    pub async fn revoke_session_of(
        &mut self,
        user: UserId,
        session: i64,
        now: Time,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE sessions SET revoked_at = $3
             WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL",
        )
        .bind(user.0)
        .bind(session)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends all of a person's sessions but one.
    pub async fn revoke_sessions_of(
        &mut self,
        user: UserId,
        but: Option<i64>,
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sessions SET revoked_at = $3
             WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL",
        )
        .bind(user.0)
        .bind(but.unwrap_or(0))
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Adds a token to a session.
    pub async fn insert_session_token(
        &mut self,
        session: i64,
        kind: SessionToken,
        token: &Digest,
        expires: Time,
    ) -> Result<(), StoreError> {
        sqlx::query(match kind {
            SessionToken::Access => {
                "INSERT INTO access_tokens (digest, session_id, expires_at) VALUES ($1, $2, $3)"
            }
            SessionToken::Refresh => {
                "INSERT INTO refresh_tokens (digest, session_id, expires_at) VALUES ($1, $2, $3)"
            }
        })
        .bind(token.as_slice())
        .bind(session)
        .bind(expires.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Finds a refresh token of somebody who is active.
    pub async fn refresh_token(
        &mut self,
        token: &Digest,
    ) -> Result<Option<RefreshRow>, StoreError> {
        type Columns = (i64, String, i64, i64, Option<i64>, Option<i64>);
        let row: Option<Columns> = sqlx::query_as(
            "SELECT s.id, s.kind, u.id, r.expires_at, r.spent_at, s.revoked_at
             FROM refresh_tokens r
             JOIN sessions s ON s.id = r.session_id
             JOIN users u ON u.id = s.user_id AND u.status = 'Active'
             WHERE r.digest = $1",
        )
        .bind(token.as_slice())
        .fetch_optional(&mut *self.0)
        .await?;
        row.map(|(session, kind, user, expires, spent, revoked)| {
            Ok(RefreshRow {
                session,
                kind: session_kind(&kind)?,
                user: UserId(user),
                state: match (revoked, spent) {
                    (Some(_), _) => RefreshToken::Revoked,
                    (None, Some(at)) => RefreshToken::Spent { at: Time(at) },
                    (None, None) => RefreshToken::Fresh {
                        expires: Time(expires),
                    },
                },
            })
        })
        .transpose()
    }

    /// Uses a refresh token up.
    pub async fn spend_refresh_token(
        &mut self,
        token: &Digest,
        now: Time,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE refresh_tokens SET spent_at = $2 WHERE digest = $1")
            .bind(token.as_slice())
            .bind(now.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Ends a session: all its tokens stop working.
    pub async fn revoke_session(&mut self, session: i64, now: Time) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(session)
            .bind(now.0)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Forgets what can no longer matter: tokens past their end, answers to claims of long ago.
    pub async fn tidy(&mut self, now: Time) -> Result<(), StoreError> {
        for (sql, before) in [
            ("DELETE FROM access_tokens WHERE expires_at < $1", now),
            ("DELETE FROM refresh_tokens WHERE expires_at < $1", now),
            ("DELETE FROM limits WHERE free_at < $1", now),
            (
                "DELETE FROM one_time_links WHERE expires_at < $1",
                now.plus_seconds(-LINKS_KEPT_SECONDS),
            ),
            (
                "DELETE FROM claim_answers WHERE created_at < $1",
                now.plus_seconds(-ANSWERS_KEPT_SECONDS),
            ),
        ] {
            sqlx::query(sql)
                .bind(before.0)
                .execute(&mut *self.0)
                .await?;
        }
        // A machine's last session says when it was there last.
        sqlx::query(
            "DELETE FROM sessions WHERE last_used_at < $1
             AND NOT EXISTS (SELECT 1 FROM access_tokens a WHERE a.session_id = sessions.id)
             AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.session_id = sessions.id)
             AND (client_id IS NULL OR EXISTS
                 (SELECT 1 FROM sessions later WHERE later.client_id = sessions.client_id
                  AND (later.last_used_at, later.id) > (sessions.last_used_at, sessions.id)))",
        )
        .bind(now.plus_seconds(-SESSIONS_KEPT_SECONDS).0)
        .execute(&mut *self.0)
        .await?;
        self.tidy_batches(now).await?;
        self.tidy_pins(now).await?;
        self.tidy_waits(now).await?;
        self.tidy_points(now).await?;
        self.tidy_approvals(now).await?;
        self.tidy_files(now).await?;
        self.tidy_mails(now).await
    }
}
