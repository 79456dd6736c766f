//! Signing in, renewing, signing out.

use handover_wire::{ChangePassword, Secret, TokenAnswer, UserId};
use subtle::ConstantTimeEq as _;

use super::limits::{self, Counted, Origin};
use super::{Broken, Core, breaks};
use crate::clock::Time;
use crate::domain::{
    Actor, EmailAddress, FieldError, NewPassword, Refresh, RefreshError, SessionKind, TooOften,
};
use crate::entropy;
use crate::mail::{Language, Letter};
use crate::secrets::{Digest, Purpose};
use crate::store::{
    Action, AuditRow, NewSession, RefreshRow, SessionToken, StoreError, Write, change,
};

/// Seconds that an access token is good for.
const ACCESS_SECONDS: i64 = 3_600;
/// Seconds that a refresh token is good for: a customer who opens the app once a month stays signed in.
pub const REFRESH_SECONDS: i64 = 60 * 24 * 3_600;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// E-mail and password do not belong together, or there is nobody: the same answer after the same work.
    #[error("e-mail or password is wrong")]
    WrongCredentials,
    /// Too many wrong ones.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// The refresh token is unknown, or of the other kind of session.
    #[error("the refresh token is unknown")]
    UnknownToken,
    /// The refresh token does not renew.
    #[error(transparent)]
    Refresh(#[from] RefreshError),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(SignInError);

/// A session that was begun or renewed.
pub struct Session {
    /// Whose.
    pub user: UserId,
    /// Its tokens; without a refresh token the caller's last one stays good.
    pub tokens: TokenAnswer,
}

/// How somebody signs in.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// What holds the session.
    pub kind: SessionKind,
    /// What the program calls itself.
    pub program: Option<&'a str>,
    /// Where from.
    pub origin: Origin,
}

/// What whoever signs in has left of wrong passwords: from where they are, for this address.
pub fn own_limits(core: &Core, origin: Origin, email: &str) -> [Counted; 2] {
    limits::own(limits::sign_in(core, origin, &address(email)))
}

/// What somebody who is signed in has left of wrong passwords, from where they are.
pub async fn own_limits_of(
    core: &Core,
    origin: Origin,
    user: UserId,
) -> Result<[Counted; 2], StoreError> {
    let person = core.store.user(user).await?;
    let person = person.ok_or(StoreError::Corrupt("a session of nobody"))?;
    Ok(own_limits(core, origin, &person.email))
}

/// An address as accounts have it.
fn address(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Signs a person in.
pub async fn sign_in(
    core: &Core,
    email: &str,
    password: &Secret,
    way: Way<'_>,
) -> Result<Session, SignInError> {
    let email = address(email);
    let now = core.now();
    // Counted before the password is looked at, so that guesses side by side are counted as well.
    let counted = limits::sign_in(core, way.origin, &email);
    change!(core.store, |write| limits::take(write, &counted, now).await)??;
    let found = core.store.credentials(&email).await?;
    let hash = found.as_ref().map(|found| &found.password_hash);
    let right = core.passwords.verify(password, hash).await?;
    let Some(found) = found.filter(|_| right) else {
        return Err(SignInError::WrongCredentials);
    };
    let actor = Actor::User(found.user);
    let tokens = change!(core.store, |write| {
        // Whoever chose another password meanwhile, or was suspended, ended all sessions, this one too.
        let still = write.credentials(&email).await?;
        if still.is_none_or(|still| still.password_hash != found.password_hash) {
            return Err(SignInError::WrongCredentials);
        }
        limits::give_back(write, &counted).await?;
        Ok(begin(core, write, &actor, way, now, Refresh::Rotate).await?)
    })?;
    Ok(Session {
        user: found.user,
        tokens,
    })
}

/// Renews a session of this kind. A spent token ends the whole session: somebody has a copy of it.
pub async fn refresh(
    core: &Core,
    token: &Secret,
    kind: SessionKind,
) -> Result<Session, SignInError> {
    let digest = core.digest(Purpose::RefreshToken, token.expose());
    let now = core.now();
    change!(core.store, |write| {
        let found = write.refresh_token(&digest).await?;
        let Some(found) = found.filter(|found| found.kind == kind) else {
            return Err(SignInError::UnknownToken);
        };
        // A refusal is no reason to undo: that the session ended is kept.
        Ok(renew(core, write, &digest, &found, now).await?)
    })?
    .map_err(SignInError::from)
}

/// Spends the token for the next, or ends its session.
async fn renew(
    core: &Core,
    write: &mut Write,
    token: &Digest,
    found: &RefreshRow,
    now: Time,
) -> Result<Result<Session, RefreshError>, Broken> {
    let &RefreshRow { session, user, .. } = found;
    let how = match found.state.refresh(now, found.kind) {
        Ok(how) => how,
        Err(error) => {
            if error == RefreshError::Reused {
                tracing::warn!(%user, session, "a refresh token was used twice: session ended");
                write.revoke_session(session, now).await?;
            }
            return Ok(Err(error));
        }
    };
    if how == Refresh::Rotate {
        write.spend_refresh_token(token, now).await?;
    }
    write.touch_session(session, now).await?;
    let tokens = issue(core, write, session, now, how).await?;
    Ok(Ok(Session { user, tokens }))
}

/// Ends the session that a refresh token belongs to. One that is unknown has no session to end.
pub async fn sign_out(core: &Core, token: &Secret) -> Result<(), Broken> {
    let digest = core.digest(Purpose::RefreshToken, token.expose());
    let now = core.now();
    change!(
        core.store,
        |write| match write.refresh_token(&digest).await? {
            Some(found) => Ok(write.revoke_session(found.session, now).await?),
            None => Ok(()),
        }
    )
}

/// Ends one of a person's sessions, or all but the one that asks. False where they have no such session.
pub async fn end(
    core: &Core,
    user: UserId,
    asking: i64,
    which: Option<i64>,
) -> Result<bool, Broken> {
    let now = core.now();
    change!(core.store, |write| match which {
        Some(session) => Ok(write.revoke_session_of(user, session, now).await?),
        None => {
            write.revoke_sessions_of(user, Some(asking), now).await?;
            Ok(true)
        }
    })
}

/// Why a password is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The one so far is another.
    #[error("the current password is wrong")]
    Wrong,
    /// Too many wrong ones.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// The new one is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(PasswordError);

/// Gives a person another password. All their sessions end but this one, and a mail tells them.
pub async fn change_password(
    core: &Core,
    user: UserId,
    session: i64,
    origin: Origin,
    request: ChangePassword,
) -> Result<(), PasswordError> {
    let person = core.store.user(user).await?;
    let person = person.ok_or(StoreError::Corrupt("a session of nobody"))?;
    let password = NewPassword::parse(request.password, &person.email)?;
    // Whoever finds somebody signed in guesses no more often than whoever signs in.
    let counted = limits::sign_in(core, origin, &person.email);
    let now = core.now();
    change!(core.store, |write| limits::take(write, &counted, now).await)??;
    let found = core.store.credentials(&person.email).await?;
    let hash = found.as_ref().map(|found| &found.password_hash);
    if !core.passwords.verify(&request.current, hash).await? {
        return Err(PasswordError::Wrong);
    }
    let hash = core
        .passwords
        .hash(password.secret(), core.entropy.as_ref())
        .await?;
    let email = EmailAddress::parse(&person.email)?;
    change!(core.store, |write| {
        limits::give_back(write, &counted).await?;
        write.set_password(user, &hash).await?;
        write.revoke_sessions_of(user, Some(session), now).await?;
        let actor = Actor::User(user);
        let row = AuditRow::by(&actor, Action::ChangePassword, person.org_id, now);
        write.audit(row.user(user)).await?;
        let language = Language::from_tag(&person.locale);
        write
            .queue_letter(core, &email, language, &Letter::PasswordChanged)
            .await?;
        Ok::<(), PasswordError>(())
    })
}

/// Signs a machine in. It gets no refresh token: it has its secret.
pub async fn client(
    core: &Core,
    id: &str,
    secret: &Secret,
    way: Way<'_>,
) -> Result<TokenAnswer, SignInError> {
    let given = core.digest(Purpose::ClientSecret, secret.expose());
    let kept = core.store.client_secret(id).await?.unwrap_or_default();
    if !bool::from(given.ct_eq(&kept)) {
        return Err(SignInError::WrongCredentials);
    }
    let now = core.now();
    let actor = Actor::Client(id.to_owned());
    let how = Refresh::Concurrent;
    Ok(change!(core.store, |write| begin(
        core, write, &actor, way, now, how
    )
    .await)?)
}

async fn begin(
    core: &Core,
    write: &mut Write,
    actor: &Actor,
    way: Way<'_>,
    now: Time,
    how: Refresh,
) -> Result<TokenAnswer, Broken> {
    let new = NewSession {
        actor,
        kind: way.kind,
        program: way.program,
    };
    let session = write.insert_session(new, now).await?;
    issue(core, write, session, now, how).await
}

async fn issue(
    core: &Core,
    write: &mut Write,
    session: i64,
    now: Time,
    how: Refresh,
) -> Result<TokenAnswer, Broken> {
    let access = new_token(core, write, session, now, SessionToken::Access).await?;
    let refresh = match how {
        Refresh::Concurrent => None,
        Refresh::Rotate => Some(new_token(core, write, session, now, SessionToken::Refresh).await?),
    };
    Ok(TokenAnswer {
        access_token: access,
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_SECONDS.unsigned_abs(),
        refresh_token: refresh,
    })
}

async fn new_token(
    core: &Core,
    write: &mut Write,
    session: i64,
    now: Time,
    kind: SessionToken,
) -> Result<Secret, StoreError> {
    let (purpose, seconds) = match kind {
        SessionToken::Access => (Purpose::AccessToken, ACCESS_SECONDS),
        SessionToken::Refresh => (Purpose::RefreshToken, REFRESH_SECONDS),
    };
    let token = entropy::token40(core.entropy.as_ref());
    let digest = core.digest(purpose, token.expose());
    write
        .insert_session_token(session, kind, &digest, now.plus_seconds(seconds))
        .await?;
    Ok(token)
}
