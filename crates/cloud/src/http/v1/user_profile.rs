//! `GET /user/profile` and `PUT /user/profile`: the caller.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, EditProfile, User};

use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, people};
use crate::store::StoreError;

/// The person who calls.
#[utoipa::path(
    get, path = "/user/profile", operation_id = "userProfile", tag = "people",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    responses(
        (status = 200, body = User),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "A machine's credentials have no profile"),
    )
)]
pub async fn user_profile(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
) -> Result<Json<User>, ApiFailure> {
    let user = core.store.user(caller.person()?).await?;
    Ok(Json(
        user.ok_or(StoreError::Corrupt("a session of nobody"))?,
    ))
}

/// Changes what the caller is called, and their language.
#[utoipa::path(
    put, path = "/user/profile", operation_id = "editProfile", tag = "people",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = EditProfile, example = json!({"name": "John", "locale": "de"})),
    responses(
        (status = 200, body = User),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "A machine's credentials have no profile"),
    )
)]
pub async fn edit(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<EditProfile>,
) -> Result<Json<User>, ApiFailure> {
    let user = people::edit_profile(&core, caller.person()?, &request).await?;
    Ok(Json(user))
}
