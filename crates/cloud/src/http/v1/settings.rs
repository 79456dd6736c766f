//! `GET /settings` and `PUT /settings` (ours): what the maker chooses for the whole cloud.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, CloudSettings};

use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, settings};

/// What the maker has chosen for the whole cloud.
#[utoipa::path(
    get, path = "/settings", operation_id = "settings", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 200, body = CloudSettings),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<Json<CloudSettings>, ApiFailure> {
    caller.at_the_top(&core).await?;
    Ok(Json(settings::get(&core).await?))
}

/// Chooses for the whole cloud.
#[utoipa::path(
    put, path = "/settings", operation_id = "changeSettings", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    request_body(content = CloudSettings, example = json!({"signUp": true})),
    responses(
        (status = 204, description = "Chosen"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
    )
)]
pub async fn set(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
    Body(chosen): Body<CloudSettings>,
) -> Result<StatusCode, ApiFailure> {
    caller.at_the_top(&core).await?;
    settings::set(&core, &caller, &chosen).await?;
    Ok(StatusCode::NO_CONTENT)
}
