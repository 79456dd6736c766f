//! `/api/link` (ours): what mailed links are for. The secret is in the body: addresses end in logs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use handover_wire::{ApiError, ErrorCode, FollowLink, ForgotPassword, LinkInfo, LinkSecret};

use super::error::{ApiFailure, telling};
use super::extract::Body;
use super::origin::PeerOrigin;
use crate::domain::{EmailAddress, LinkError};
use crate::service::links::{self, FollowError, MailError};
use crate::service::{Core, forgotten};

impl From<FollowError> for ApiFailure {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Unknown => Self::new(
                StatusCode::NOT_FOUND,
                ErrorCode::LinkInvalid,
                "There is no such link, or a newer one was mailed.",
            ),
            FollowError::Link(LinkError::Expired) => Self::new(
                StatusCode::GONE,
                ErrorCode::LinkExpired,
                "The link is too old. Ask for another one.",
            ),
            FollowError::Link(LinkError::Used) => Self::new(
                StatusCode::GONE,
                ErrorCode::LinkUsed,
                "The link was used before. Sign in.",
            ),
            FollowError::WrongStatus(error) => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::WrongStatus,
                "The account's status does not allow it.",
            )
            .with("status", format!("{:?}", error.0)),
            FollowError::NameTaken => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::NameTaken,
                "The organization's name is taken.",
            ),
            FollowError::NoSignUp => Self::forbidden("Nobody can sign up here by themselves."),
            FollowError::Field(field) => field.into(),
            FollowError::Broken(broken) => broken.into(),
        }
    }
}

impl From<MailError> for ApiFailure {
    fn from(error: MailError) -> Self {
        match error {
            MailError::TooOften(wait) => Self::too_often(wait),
            MailError::Broken(broken) => broken.into(),
        }
    }
}

/// What a mailed link is for, without using it; and the label that was in hand when it was asked for, to be claimed once there
/// is an account.
#[utoipa::path(
    post, path = "/api/link", operation_id = "lookAtLink", tag = "sign-in",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = LinkSecret, example = json!({"code": "from the link"})),
    responses(
        (status = 200, body = LinkInfo),
        (status = 400, body = ApiError, description = "A field is missing"),
        (status = 404, body = ApiError, description = "There is no such link"),
        (status = 410, body = ApiError, description = "It is too old or was used"),
    )
)]
pub async fn look(
    State(core): State<Arc<Core>>,
    Body(secret): Body<LinkSecret>,
) -> Result<Json<LinkInfo>, ApiFailure> {
    Ok(Json(links::look(&core, &secret.code).await?))
}

/// Does what a mailed link is for, once: accepts the invitation, begins the account, or sets the other password. Then the
/// person signs in with their address and the password that they chose.
#[utoipa::path(
    post, path = "/api/link/follow", operation_id = "followLink", tag = "sign-in",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = FollowLink, example = json!({
        "code": "from the link", "password": "...", "name": "John", "locale": "de"
    })),
    responses(
        (status = 204, description = "Done: sign in"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 403, body = ApiError, description = "The maker no longer lets strangers sign up"),
        (status = 404, body = ApiError, description = "There is no such link"),
        (status = 409, body = ApiError, description = "The account was suspended or is there already; or the organization's name is taken"),
        (status = 410, body = ApiError, description = "It is too old or was used"),
    )
)]
pub async fn follow(
    State(core): State<Arc<Core>>,
    Body(request): Body<FollowLink>,
) -> Result<StatusCode, ApiFailure> {
    links::follow(&core, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails the link that chooses another password, if the address is that of somebody who can sign in. The answer is the
/// same if it is not.
#[utoipa::path(
    post, path = "/api/password/forgot", operation_id = "forgotPassword", tag = "sign-in",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = ForgotPassword, example = json!({"email": "john@example.com"})),
    responses(
        (status = 204, description = "If there is such an account, a mail is on its way"),
        (status = 400, body = ApiError, description = "Not an address"),
        (status = 429, body = ApiError, description = "Too many mails; `Retry-After` says how long to wait"),
    )
)]
pub async fn forgot(
    State(core): State<Arc<Core>>,
    PeerOrigin(origin): PeerOrigin,
    Body(request): Body<ForgotPassword>,
) -> Result<Response, ApiFailure> {
    let email = EmailAddress::parse(&request.email)?;
    let own = links::own_limits(&core, origin, &email);
    let asked = forgotten::forgot(&core, origin, email).await;
    let answer = asked.map(|()| StatusCode::NO_CONTENT);
    Ok(telling(&core, &own, answer.map_err(ApiFailure::from)).await)
}
