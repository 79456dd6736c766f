//! `/api/session` (ours): a browser's session. The refresh token is in a cookie that scripts cannot read.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use handover_wire::{ApiError, ConsoleSession, ErrorCode, Secret, SignIn};

use super::error::{ApiFailure, telling};
use super::extract::{Body, program};
use super::origin::{OverTls, PeerOrigin};
use super::v1;
use crate::domain::SessionKind;
use crate::service::Core;
use crate::service::sessions::{self, REFRESH_SECONDS, Session, SignInError, Way};

const COOKIE: &str = "handover_session";

impl From<SignInError> for ApiFailure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Broken(broken) => broken.into(),
            SignInError::TooOften(wait) => Self::too_often(wait),
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
        (status = 429, body = ApiError, description = "Too many wrong passwords; `Retry-After` says how long to wait. `RateLimit` tells with each answer how many the caller has left"),
    )
)]
pub async fn begin(
    State(core): State<Arc<Core>>,
    PeerOrigin(origin): PeerOrigin,
    over_tls: Option<Extension<OverTls>>,
    headers: HeaderMap,
    jar: CookieJar,
    Body(sign_in): Body<SignIn>,
) -> Response {
    let own = sessions::own_limits(&core, origin, &sign_in.email);
    let begun = async {
        let program = program(&headers);
        let way = Way {
            kind: SessionKind::Cookie,
            program: program.as_deref(),
            origin,
        };
        let session = sessions::sign_in(&core, &sign_in.email, &sign_in.password, way).await?;
        answer(&core, jar, session, over_tls.is_some()).await
    };
    let begun = begun.await;
    telling(&core, &own, begun).await
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
    over_tls: Option<Extension<OverTls>>,
    jar: CookieJar,
) -> Result<(CookieJar, Json<ConsoleSession>), ApiFailure> {
    let token = token_of(&jar).ok_or_else(ApiFailure::unauthenticated)?;
    let session = sessions::refresh(&core, &token, SessionKind::Cookie).await?;
    answer(&core, jar, session, over_tls.is_some()).await
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
    over_tls: bool,
) -> Result<(CookieJar, Json<ConsoleSession>), ApiFailure> {
    let profile = v1::me::profile_of(core, session.user).await?;
    let jar = match session.tokens.refresh_token {
        Some(token) => jar.add(cookie(core, &token, over_tls)),
        None => jar,
    };
    let answer = ConsoleSession {
        access_token: session.tokens.access_token,
        expires_in: session.tokens.expires_in,
        profile,
    };
    Ok((jar, Json(answer)))
}

fn cookie(core: &Core, token: &Secret, over_tls: bool) -> Cookie<'static> {
    // A Secure cookie would never come back to a cloud that is spoken to without TLS.
    let tls = over_tls
        || core
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

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use reqwest::Method;
    use serde_json::json;

    use super::COOKIE;
    use crate::testing::{Answer, Site, send};

    async fn sign_in(site: &Site) -> Answer {
        let user = &site.cloud.demo().expect("a demo").users[2];
        let body = json!({ "email": user.email, "password": user.password });
        site.post("/api/session", body).await
    }

    fn cookie_of(answer: &Answer) -> String {
        let cookie = answer.header("set-cookie").expect("a cookie");
        cookie.split(';').next().expect("name and value").to_owned()
    }

    async fn refresh(site: &Site, cookie: &str) -> Answer {
        let request = site.request(Method::POST, "/api/session/refresh");
        send(request.header("cookie", cookie)).await
    }

    #[tokio::test]
    async fn a_browser_signs_in_renews_and_signs_out() {
        let site = Site::demo().await;
        let begun = sign_in(&site).await;
        assert_eq!(begun.status, 200);
        assert_eq!(
            begun.json()["profile"]["organization"]["name"],
            "Green Farm"
        );
        let set = begun.header("set-cookie").expect("a cookie");
        for part in [
            COOKIE,
            "HttpOnly",
            "SameSite=Strict",
            "Path=/api/session",
            "Max-Age=",
        ] {
            assert!(set.contains(part), "{part} in {set}");
        }
        let first = cookie_of(&begun);
        assert!(
            !begun.text.contains(&first[COOKIE.len() + 1..]),
            "scripts never see it"
        );
        let renewed = refresh(&site, &first).await;
        assert_eq!(renewed.status, 200);
        // A second tab was a moment late: it gets access, and the browser keeps the newer cookie.
        let second_tab = refresh(&site, &first).await;
        assert_eq!(second_tab.status, 200);
        assert_eq!(second_tab.header("set-cookie"), None);
        let next = cookie_of(&renewed);
        let end = site.request(Method::DELETE, "/api/session");
        assert_eq!(send(end.header("cookie", &next)).await.status, 204);
        assert_eq!(
            refresh(&site, &next).await.outcome(),
            (401, "unauthenticated".to_owned())
        );
    }

    #[tokio::test]
    async fn a_stolen_cookie_ends_the_session() {
        let site = Site::demo().await;
        let first = cookie_of(&sign_in(&site).await);
        let next = cookie_of(&refresh(&site, &first).await);
        site.clock.pass_seconds(11);
        assert_eq!(refresh(&site, &first).await.status, 401);
        assert_eq!(refresh(&site, &next).await.status, 401);
    }

    #[tokio::test]
    async fn a_token_is_good_for_its_own_kind_of_session_alone() {
        let site = Site::demo().await;
        let renew = async |token: &str| {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
            send(site.request(Method::POST, "/oauth2/token").form(&form)).await
        };
        let app = site.sign_in(Role::User).await;
        let next = renew(&app.refresh).await.json();
        let next = next["refresh_token"].as_str().expect("a token");
        // Neither a spent one, within what tabs are allowed, nor a fresh one.
        for token in [&*app.refresh, next] {
            let as_cookie = refresh(&site, &format!("{COOKIE}={token}")).await;
            assert_eq!(as_cookie.outcome(), (401, "unauthenticated".to_owned()));
        }
        assert_eq!(renew(next).await.status, 200, "nothing was used up");
        let cookie = cookie_of(&sign_in(&site).await);
        let as_token = renew(&cookie[COOKIE.len() + 1..]).await;
        assert_eq!(as_token.json()["error"], "invalid_grant");
        assert_eq!(refresh(&site, &cookie).await.status, 200);
    }

    #[tokio::test]
    async fn refusals() {
        let site = Site::demo().await;
        let wrong = json!({ "email": "customer@greenfarm.example", "password": "wrong" });
        let answer = site.post("/api/session", wrong).await;
        assert_eq!(answer.outcome(), (401, "wrong_credentials".to_owned()));
        let nobody = site.post("/api/session/refresh", json!({})).await;
        assert_eq!(nobody.outcome(), (401, "unauthenticated".to_owned()));
        let nobody = send(site.request(Method::DELETE, "/api/session")).await;
        assert_eq!(nobody.status, 204, "signing out twice is fine");
        let foreign = site.request(Method::POST, "/api/session/refresh");
        let foreign = send(foreign.header("origin", "https://evil.example")).await;
        assert_eq!(foreign.outcome(), (403, "forbidden".to_owned()));
    }
}
