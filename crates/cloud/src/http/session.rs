//! `/api/session` (ours): a browser's session. The refresh token is in a cookie that scripts cannot read.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use handover_wire::{ApiError, ConsoleSession, ErrorCode, Secret, SignIn};

use super::error::ApiFailure;
use super::extract::Body;
use super::v1;
use crate::service::Core;
use crate::service::sessions::{self, REFRESH_SECONDS, Session, SignInError, TABS_GRACE_SECONDS};

const COOKIE: &str = "handover_session";

impl From<SignInError> for ApiFailure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Broken(broken) => broken.into(),
            SignInError::WrongCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                ErrorCode::WrongCredentials,
                "E-mail or password is wrong.",
            ),
            SignInError::UnknownToken | SignInError::Refresh(_) => Self::unauthenticated(),
        }
    }
}

/// Signs a person in and sets the cookie.
#[utoipa::path(
    post, path = "/api/session", operation_id = "beginSession", tag = "sign-in",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = SignIn, example = json!({"email": "customer@greenfarm.example", "password": "..."})),
    responses(
        (status = 200, body = ConsoleSession),
        (status = 401, body = ApiError, example = json!({
            "error": {"message": "E-mail or password is wrong.", "code": "wrong_credentials"}
        })),
    )
)]
pub async fn begin(
    State(core): State<Arc<Core>>,
    jar: CookieJar,
    Body(sign_in): Body<SignIn>,
) -> Result<(CookieJar, Json<ConsoleSession>), ApiFailure> {
    let session = sessions::sign_in(&core, &sign_in.email, &sign_in.password).await?;
    answer(&core, jar, session).await
}

/// Renews the session of the cookie.
#[utoipa::path(
    post, path = "/api/session/refresh", operation_id = "refreshSession", tag = "sign-in",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    responses(
        (status = 200, body = ConsoleSession),
        (status = 401, body = ApiError, description = "There is no session, or it has ended"),
    )
)]
pub async fn refresh(
    State(core): State<Arc<Core>>,
    jar: CookieJar,
) -> Result<(CookieJar, Json<ConsoleSession>), ApiFailure> {
    let token = token_of(&jar).ok_or_else(ApiFailure::unauthenticated)?;
    let session = sessions::refresh(&core, &token, TABS_GRACE_SECONDS).await?;
    answer(&core, jar, session).await
}

/// Signs out: the session of the cookie ends, whoever holds its tokens.
#[utoipa::path(
    delete, path = "/api/session", operation_id = "endSession", tag = "sign-in",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    responses((status = 204, description = "Signed out, or nobody was signed in"))
)]
pub async fn end(
    State(core): State<Arc<Core>>,
    jar: CookieJar,
) -> Result<(CookieJar, StatusCode), ApiFailure> {
    if let Some(token) = token_of(&jar) {
        sessions::sign_out(&core, &token).await?;
    }
    let gone = Cookie::build(COOKIE).path("/api/session");
    Ok((jar.remove(gone), StatusCode::NO_CONTENT))
}

fn token_of(jar: &CookieJar) -> Option<Secret> {
    jar.get(COOKIE).map(|cookie| Secret::new(cookie.value()))
}

async fn answer(
    core: &Core,
    jar: CookieJar,
    session: Session,
) -> Result<(CookieJar, Json<ConsoleSession>), ApiFailure> {
    let profile = v1::me::profile_of(core, session.user).await?;
    let jar = match session.tokens.refresh_token {
        Some(token) => jar.add(cookie(core, &token)),
        None => jar,
    };
    let answer = ConsoleSession {
        access_token: session.tokens.access_token,
        expires_in: session.tokens.expires_in,
        profile,
    };
    Ok((jar, Json(answer)))
}

fn cookie(core: &Core, token: &Secret) -> Cookie<'static> {
    // A Secure cookie does not reach a cloud that is spoken to without TLS, which only loopback ones are.
    let tls = core
        .address
        .get()
        .is_some_and(|url| url.scheme() == "https");
    let lifetime = Duration::from_secs(REFRESH_SECONDS.unsigned_abs());
    let lifetime = lifetime.try_into().expect("weeks fit every type of time");
    Cookie::build((COOKIE, token.expose().to_owned()))
        .path("/api/session")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(tls)
        .max_age(lifetime)
        .build()
}
