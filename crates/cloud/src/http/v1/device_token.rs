//! `GET /device/token` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, DeviceToken};

use super::device::DeviceParams;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::hands::HandsError;
use crate::service::{Core, devices};

/// What a device signs in with, to be flashed into it or compared. Each look leaves an audit row. The claim or transfer that
/// brought it where it is cannot be undone after a look, unless that was the maker's.
#[utoipa::path(
    get, path = "/device/token", operation_id = "deviceToken", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("show_secrets"))),
    params(DeviceParams),
    responses(
        (status = 200, body = DeviceToken),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 410, body = ApiError, description = "It was shown once, and is known by its digest alone"),
    )
)]
pub async fn token(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ShowSecrets>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<DeviceToken>, ApiFailure> {
    let token = devices::open_token(&core, &caller, params.device_id).await?;
    let token = token.ok_or(HandsError::SecretsGone)?;
    Ok(Json(DeviceToken { token }))
}
