//! `POST /users/invite`, and once more.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use handover_wire::{ApiError, ErrorCode, InviteUser, User};

use super::ORG_NOT_FOUND;
use super::user::WhichUser;
use crate::http::caller::{Caller, may};
use crate::http::error::{ApiFailure, telling};
use crate::http::extract::{Body, Params};
use crate::service::people::PeopleError;
use crate::service::{Core, people};

impl From<PeopleError> for ApiFailure {
    fn from(error: PeopleError) -> Self {
        let conflict = |code, message| Self::new(StatusCode::CONFLICT, code, message);
        match error {
            PeopleError::Field(field) => field.into(),
            PeopleError::NoSuchOrg => Self::not_found(ORG_NOT_FOUND),
            PeopleError::NoSuchUser => {
                Self::not_found("User is not found or belongs to another organization.")
            }
            PeopleError::EmailInUse => Self::new(
                StatusCode::BAD_REQUEST,
                ErrorCode::EmailInUse,
                "This e-mail address is already in use.",
            ),
            PeopleError::RoleTooHigh => {
                Self::forbidden("Nobody gives or takes a role above their own.")
            }
            PeopleError::NotYourself => conflict(
                ErrorCode::NotYourself,
                "That is for somebody else to do: it concerns yourself.",
            ),
            PeopleError::WrongStatus(error) => conflict(
                ErrorCode::WrongStatus,
                "The person's status does not allow it.",
            )
            .with("status", format!("{:?}", error.0)),
            PeopleError::OwnsDevices(devices) => conflict(
                ErrorCode::NotEmpty,
                "They own devices. Transfer or release those first.",
            )
            .with("devices", devices),
            PeopleError::TooOften(wait) => Self::too_often(wait),
            PeopleError::Broken(broken) => broken.into(),
        }
    }
}

/// Invites somebody by mail. The link in it is good for 30 days, once, for that address. An address of somebody out of reach is
/// answered as any other: they are told by mail, and the invitation stays pending.
#[utoipa::path(
    post, path = "/users/invite", operation_id = "inviteUser", tag = "people",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("invite_people"))),
    request_body(content = InviteUser, example = json!({
        "email": "john@example.com", "name": "John", "roleId": 3, "orgId": 2, "locale": "de"
    })),
    responses(
        (status = 201, body = User),
        (status = 400, body = ApiError, description = "A field is not as it must be, or somebody within reach has the address",
            example = json!({"error": {
                "message": "This e-mail address is already in use.", "code": "email_in_use"
            }})),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; no role above the caller's"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
        (status = 429, body = ApiError, description = "Too many invitations; `Retry-After` says how long to wait"),
    )
)]
pub async fn invite(
    State(core): State<Arc<Core>>,
    caller: Caller<may::InvitePeople>,
    Body(request): Body<InviteUser>,
) -> Response {
    let own = people::own_limits(&core, &caller, &request.email);
    let invited = people::invite(&core, &caller, &request).await;
    let answer = invited.map(|invited| (StatusCode::CREATED, Json(invited)));
    telling(&core, &own, answer.map_err(ApiFailure::from)).await
}

/// Mails an invitation once more, with another link; the one before stops working.
#[utoipa::path(
    post, path = "/users/invite/again", operation_id = "inviteAgain", tag = "people",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("invite_people"))),
    params(WhichUser),
    responses(
        (status = 204, description = "Mailed"),
        (status = 400, body = ApiError, description = "Who?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such person within reach"),
        (status = 409, body = ApiError, description = "They have accepted"),
        (status = 429, body = ApiError, description = "Too many invitations; `Retry-After` says how long to wait"),
    )
)]
pub async fn invite_again(
    State(core): State<Arc<Core>>,
    caller: Caller<may::InvitePeople>,
    Params(which): Params<WhichUser>,
) -> Result<Response, ApiFailure> {
    let own = people::own_limits_of(&core, &caller, which.user_id).await?;
    let resent = people::resend(&core, &caller, which.user_id).await;
    let answer = resent.map(|()| StatusCode::NO_CONTENT);
    Ok(telling(&core, &own, answer.map_err(ApiFailure::from)).await)
}
