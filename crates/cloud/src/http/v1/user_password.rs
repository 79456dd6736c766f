//! `PUT /user/password` (ours): the caller chooses another password.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use handover_wire::{ApiError, ChangePassword, ErrorCode};

use crate::http::caller::{Caller, SignedIn};
use crate::http::error::{ApiFailure, telling};
use crate::http::extract::Body;
use crate::http::origin::PeerOrigin;
use crate::service::Core;
use crate::service::sessions::{self, PasswordError};

impl From<PasswordError> for ApiFailure {
    fn from(error: PasswordError) -> Self {
        match error {
            // Not 401: the session is as good as before.
            PasswordError::Wrong => Self::new(
                StatusCode::FORBIDDEN,
                ErrorCode::WrongCredentials,
                "The current password is wrong.",
            ),
            PasswordError::TooOften(wait) => Self::too_often(wait),
            PasswordError::Field(field) => field.into(),
            PasswordError::Broken(broken) => broken.into(),
        }
    }
}

/// Chooses another password. All other sessions of the caller end, and a mail tells them.
#[utoipa::path(
    put, path = "/user/password", operation_id = "changePassword", tag = "sign-in",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = ChangePassword, example = json!({"current": "...", "password": "..."})),
    responses(
        (status = 204, description = "Changed"),
        (status = 400, body = ApiError, description = "Not a password"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "The current password is wrong"),
        (status = 404, body = ApiError, description = "A machine's credentials have no profile"),
        (status = 429, body = ApiError, description = "Too many wrong passwords"),
    )
)]
pub async fn change(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    PeerOrigin(origin): PeerOrigin,
    Body(request): Body<ChangePassword>,
) -> Result<Response, ApiFailure> {
    let user = caller.person()?;
    let own = sessions::own_limits_of(&core, origin, user).await?;
    let changed = sessions::change_password(&core, user, caller.session, origin, request).await;
    let answer = changed.map(|()| StatusCode::NO_CONTENT);
    Ok(telling(&core, &own, answer.map_err(ApiFailure::from)).await)
}
