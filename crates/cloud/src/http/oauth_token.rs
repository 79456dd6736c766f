//! `POST /oauth2/token` (RFC 6749).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handover_wire::{OauthError, OauthErrorCode, Secret, TokenAnswer, TokenRequest};

use super::error::{ApiFailure, telling};
use super::extract::{bytes, program};
use super::origin::PeerOrigin;
use crate::domain::SessionKind;
use crate::service::limits::{Counted, Origin};
use crate::service::sessions::{self, SignInError, Way};
use crate::service::{Broken, Core};

/// Why there are no tokens.
pub(super) enum Failure {
    /// In the shape of RFC 6749, section 5.2.
    Oauth(OauthErrorCode, &'static str),
    /// In the shape of everything else: too large, broken, full.
    Api(ApiFailure),
}

impl From<ApiFailure> for Failure {
    fn from(failure: ApiFailure) -> Self {
        Self::Api(failure)
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Broken(broken) => Self::Api(broken.into()),
            SignInError::TooOften(wait) => Self::Api(ApiFailure::too_often(wait)),
            SignInError::WrongCredentials => {
                Self::Oauth(OauthErrorCode::InvalidGrant, "E-mail or password is wrong.")
            }
            SignInError::UnknownToken | SignInError::Refresh(_) => Self::Oauth(
                OauthErrorCode::InvalidGrant,
                "The refresh token is spent, expired or revoked.",
            ),
        }
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Api(broken.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (error, description) = match self {
            Self::Api(failure) => return failure.into_response(),
            Self::Oauth(error, description) => (error, description),
        };
        let body = Json(OauthError {
            error,
            error_description: description.to_owned(),
        });
        if error == OauthErrorCode::InvalidClient {
            let challenge = [(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"handover\""),
            )];
            return (StatusCode::UNAUTHORIZED, challenge, body).into_response();
        }
        (StatusCode::BAD_REQUEST, body).into_response()
    }
}

/// Exchanges credentials or a refresh token for tokens.
#[utoipa::path(
    post, path = "/oauth2/token", operation_id = "token", tag = "sign-in",
    extensions(("x-handover" = json!("published; the fields of user_credentials are ours"))),
    security(()),
    request_body(
        content = TokenRequest, content_type = "application/x-www-form-urlencoded",
        example = json!({"grant_type": "user_credentials", "username": "customer@greenfarm.example", "password": "..."}),
    ),
    responses(
        (status = 200, body = TokenAnswer, example = json!({
            "access_token": "40 characters", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "40 characters"
        })),
        (status = 400, body = OauthError, example = json!({
            "error": "invalid_grant", "error_description": "E-mail or password is wrong."
        })),
        (status = 401, body = OauthError, description = "Unknown client or wrong secret"),
        (status = 429, body = handover_wire::ApiError,
            description = "Too many wrong passwords; `Retry-After` says how long to wait"),
    )
)]
pub async fn token(
    State(core): State<Arc<Core>>,
    PeerOrigin(origin): PeerOrigin,
    request: Request,
) -> Response {
    let mut own = Vec::new();
    let answer = answer(&core, origin, request, &mut own).await;
    // RFC 6749, section 5.1, wants both headers; no-store is added to every answer.
    let answer = answer.map(|tokens| ([(header::PRAGMA, "no-cache")], Json(tokens)));
    telling(&core, &own, answer).await
}

/// The tokens. The limits that the caller is told of are put into `own`, where there are any.
async fn answer(
    core: &Core,
    origin: Origin,
    request: Request,
    own: &mut Vec<Counted>,
) -> Result<TokenAnswer, Failure> {
    let basic = basic(request.headers())?;
    let program = program(request.headers());
    let way = Way {
        kind: SessionKind::Token,
        program: program.as_deref(),
        origin,
    };
    let mut fields = fields(&bytes(request, &()).await?)?;
    let grant = fields
        .remove("grant_type")
        .ok_or(missing("grant_type is missing."))?;
    let mut field = |name: &str| fields.remove(name);
    match grant.expose() {
        "user_credentials" => {
            let email = field("username").ok_or(missing("username is missing."))?;
            let password = field("password").ok_or(missing("password is missing."))?;
            own.extend(sessions::own_limits(core, origin, email.expose()));
            let session = sessions::sign_in(core, email.expose(), &password, way).await?;
            Ok(session.tokens)
        }
        "refresh_token" => {
            let token = field("refresh_token").ok_or(missing("refresh_token is missing."))?;
            Ok(sessions::refresh(core, &token, SessionKind::Token)
                .await?
                .tokens)
        }
        "client_credentials" => {
            let form = field("client_id").zip(field("client_secret"));
            let (id, secret) = basic.or(form).ok_or(INVALID_CLIENT)?;
            match sessions::client(core, id.expose(), &secret, way).await {
                Err(SignInError::WrongCredentials) => Err(INVALID_CLIENT),
                other => Ok(other?),
            }
        }
        _ => Err(Failure::Oauth(
            OauthErrorCode::UnsupportedGrantType,
            "Offered are user_credentials, refresh_token and client_credentials.",
        )),
    }
}

const INVALID_CLIENT: Failure = Failure::Oauth(
    OauthErrorCode::InvalidClient,
    "The client is unknown or its secret is wrong.",
);

pub(super) fn missing(what: &'static str) -> Failure {
    Failure::Oauth(OauthErrorCode::InvalidRequest, what)
}

/// The form's fields. RFC 6749, section 3.2: none may be doubled.
pub(super) fn fields(form: &[u8]) -> Result<BTreeMap<String, Secret>, Failure> {
    let mut fields = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(form) {
        let doubled = fields.insert(name.into_owned(), Secret::new(value));
        if doubled.is_some() {
            return Err(missing("A field is there twice."));
        }
    }
    Ok(fields)
}

/// HTTP Basic, whose two parts are form-encoded (RFC 6749, section 2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(Secret, Secret)>, Failure> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let decoded = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
    let (id, secret) = pair.ok_or(INVALID_CLIENT)?;
    Ok(Some((form_decode(id), form_decode(secret))))
}

fn form_decode(text: &str) -> Secret {
    // As the value of one field: the parts themselves hold neither `&` nor `=`.
    let decoded = url::form_urlencoded::parse(text.as_bytes()).next();
    Secret::new(
        decoded
            .map(|(text, _)| text.into_owned())
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use reqwest::Method;
    use serde_json::json;

    use crate::testing::{Answer, Site, send};

    async fn exchange(site: &Site, form: &[(&str, &str)]) -> Answer {
        send(site.request(Method::POST, "/oauth2/token").form(form)).await
    }

    async fn refresh(site: &Site, token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        exchange(site, &form).await
    }

    #[tokio::test]
    async fn refusals_have_the_published_shape() {
        let site = Site::demo().await;
        let email = "customer@greenfarm.example";
        let person = |name, password| {
            vec![
                ("grant_type", "user_credentials"),
                ("username", name),
                ("password", password),
            ]
        };
        let machine = vec![
            ("grant_type", "client_credentials"),
            ("client_id", "oa2-client-id_x"),
            ("client_secret", ""),
        ];
        for (form, status, error) in [
            (person(email, "wrong"), 400, "invalid_grant"),
            (person("nobody@example.org", "wrong"), 400, "invalid_grant"),
            (vec![], 400, "invalid_request"),
            (
                vec![("grant_type", "user_credentials")],
                400,
                "invalid_request",
            ),
            (
                vec![("grant_type", "a"), ("grant_type", "b")],
                400,
                "invalid_request",
            ),
            (
                vec![("grant_type", "password")],
                400,
                "unsupported_grant_type",
            ),
            (machine, 401, "invalid_client"),
        ] {
            let answer = exchange(&site, &form).await;
            assert_eq!(answer.status, status, "{form:?}");
            assert_eq!(answer.json()["error"], error, "{form:?}");
        }
        // Nobody learns who has an account.
        let known = exchange(&site, &person(email, "wrong")).await;
        let unknown = exchange(&site, &person("nobody@example.org", "wrong")).await;
        assert_eq!(known.text, unknown.text);
        assert_eq!(known.headers, unknown.headers);
    }

    #[tokio::test]
    async fn access_ends_and_refresh_renews_it() {
        let site = Site::demo().await;
        let mut customer = site.sign_in(Role::User).await;
        assert_eq!(customer.access.len(), 40);
        assert_eq!(customer.refresh.len(), 40);
        site.clock.pass_seconds(3_600);
        let ended = customer.get("/me").await;
        assert_eq!(ended.outcome(), (401, "unauthenticated".to_owned()));
        let renewed = refresh(&site, &customer.refresh).await;
        assert_eq!(renewed.status, 200);
        assert_eq!(renewed.header("cache-control"), Some("no-store"));
        customer.access = renewed.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        assert_eq!(customer.get("/me").await.status, 200);
    }

    #[tokio::test]
    async fn a_refresh_token_used_twice_ends_the_session() {
        let site = Site::demo().await;
        let mut customer = site.sign_in(Role::User).await;
        let renewed = refresh(&site, &customer.refresh).await.json();
        customer.access = renewed["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        let next = renewed["refresh_token"].as_str().expect("a token");
        assert_eq!(customer.get("/me").await.status, 200);
        let reused = refresh(&site, &customer.refresh).await;
        assert_eq!(reused.json()["error"], "invalid_grant");
        assert_eq!(customer.get("/me").await.status, 401, "the thief is out");
        assert_eq!(refresh(&site, next).await.status, 400, "for good");
    }

    #[tokio::test]
    async fn a_machine_signs_in_with_basic_or_fields() {
        let site = Site::demo().await;
        let admin = site.sign_in(Role::Admin).await;
        let made = admin
            .post("/oauth-clients", json!({ "name": "Orders" }))
            .await;
        assert_eq!(made.status, 201);
        let made = made.json();
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        let (id, secret) = (text("clientId"), text("clientSecret"));
        assert_eq!(id.len(), "oa2-client-id_".len() + 32);
        assert_eq!(secret.len(), 40);
        let form = [("grant_type", "client_credentials")];
        let request = site.request(Method::POST, "/oauth2/token").form(&form);
        let basic = send(request.basic_auth(&id, Some(&secret))).await;
        assert_eq!(basic.status, 200);
        let fields = [form[0], ("client_id", &*id), ("client_secret", &*secret)];
        let answer = exchange(&site, &fields).await.json();
        assert!(answer.get("refresh_token").is_none());
        let mut machine = site.sign_in(Role::Admin).await;
        machine.access = answer["access_token"].as_str().expect("a token").to_owned();
        assert_eq!(
            machine
                .get("/devices?includeSubOrgDevices=true")
                .await
                .status,
            200
        );
        assert_eq!(
            machine.get("/me").await.status,
            404,
            "a machine has no profile"
        );
        let own = machine.claim(&site.qr(3)).await;
        assert_eq!(
            own.outcome(),
            (400, "invalid_request".to_owned()),
            "for whom?"
        );
        let body = json!({ "token": site.qr(3), "userId": 3 });
        assert_eq!(machine.claim_as("k", body).await.status, 201);
    }
}
