//! `PUT /users/role`; suspending somebody, and letting them in again.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, ChangeRole};

use super::user::WhichUser;
use crate::domain::PersonStep;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::{Core, people};

/// Gives somebody another role.
#[utoipa::path(
    put, path = "/users/role", operation_id = "changeRole", tag = "people",
    extensions(("x-handover" = json!("published; the body is ours")), ("x-permission" = json!("manage_people"))),
    request_body(content = ChangeRole, example = json!({"userId": 3, "roleId": 2})),
    responses(
        (status = 204, description = "Changed"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such person within reach"),
        (status = 409, body = ApiError, description = "The caller: somebody else has to do it"),
    )
)]
pub async fn role(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManagePeople>,
    Body(request): Body<ChangeRole>,
) -> Result<StatusCode, ApiFailure> {
    people::change_role(&core, &caller, request.user_id, request.role_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bars somebody: their sessions end at once, and they cannot sign in until they are let in again.
#[utoipa::path(
    post, path = "/users/suspend", operation_id = "suspendUser", tag = "people",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_people"))),
    params(WhichUser),
    responses(
        (status = 204, description = "Barred"),
        (status = 400, body = ApiError, description = "Who?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such person within reach"),
        (status = 409, body = ApiError, description = "The caller, or somebody who is not active"),
    )
)]
pub async fn suspend(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManagePeople>,
    Params(which): Params<WhichUser>,
) -> Result<StatusCode, ApiFailure> {
    people::take_step(&core, &caller, which.user_id, PersonStep::Suspend).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets somebody in again who was suspended, with the password they had.
#[utoipa::path(
    post, path = "/users/restore", operation_id = "restoreUser", tag = "people",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_people"))),
    params(WhichUser),
    responses(
        (status = 204, description = "Let in"),
        (status = 400, body = ApiError, description = "Who?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such person within reach"),
        (status = 409, body = ApiError, description = "The caller, or somebody who was not suspended"),
    )
)]
pub async fn restore(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManagePeople>,
    Params(which): Params<WhichUser>,
) -> Result<StatusCode, ApiFailure> {
    people::take_step(&core, &caller, which.user_id, PersonStep::Restore).await?;
    Ok(StatusCode::NO_CONTENT)
}
