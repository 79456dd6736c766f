//! `GET /user` and `DELETE /user`: one person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, User, UserId};
use serde::Deserialize;

use crate::domain::PersonStep;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::people::PeopleError;
use crate::service::{Core, people};

/// Which person.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WhichUser {
    /// Their number.
    pub(super) user_id: UserId,
}

/// One person.
#[utoipa::path(
    get, path = "/user", operation_id = "user", tag = "people",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("view_people"))),
    params(WhichUser),
    responses(
        (status = 200, body = User),
        (status = 400, body = ApiError, description = "Who?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such person within reach"),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ViewPeople>,
    Params(which): Params<WhichUser>,
) -> Result<Json<User>, ApiFailure> {
    let found = core
        .store
        .user_within(caller.reach(), which.user_id)
        .await?;
    Ok(Json(found.ok_or(PeopleError::NoSuchUser)?))
}

/// Takes a person out, or takes an invitation back. Their name, address and password are forgotten, their sessions end;
/// the audit keeps what they did under their number. Whoever owns devices gives those away first.
#[utoipa::path(
    delete, path = "/user", operation_id = "removeUser", tag = "people",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_people"))),
    params(WhichUser),
    responses(
        (status = 204, description = "Gone"),
        (status = 400, body = ApiError, description = "Who?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators, and nobody above the caller"),
        (status = 404, body = ApiError, description = "No such person within reach"),
        (status = 409, body = ApiError, description = "The caller, or somebody who owns devices still"),
    )
)]
pub async fn remove(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManagePeople>,
    Params(which): Params<WhichUser>,
) -> Result<StatusCode, ApiFailure> {
    people::take_step(&core, &caller, which.user_id, PersonStep::Remove).await?;
    Ok(StatusCode::NO_CONTENT)
}
