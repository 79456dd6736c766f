//! `GET /user/profile`: the caller.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, User};

use crate::http::caller::{AnyRole, Caller};
use crate::http::error::ApiFailure;
use crate::service::Core;
use crate::store::StoreError;

/// The person who calls.
#[utoipa::path(
    get, path = "/user/profile", operation_id = "userProfile", tag = "people",
    extensions(("x-handover" = json!("published"))),
    responses(
        (status = 200, body = User),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "A machine's credentials have no profile"),
    )
)]
pub async fn user_profile(
    State(core): State<Arc<Core>>,
    caller: Caller<AnyRole>,
) -> Result<Json<User>, ApiFailure> {
    let user = core.store.user(caller.person()?).await?;
    Ok(Json(
        user.ok_or(StoreError::Corrupt("a session of nobody"))?,
    ))
}
