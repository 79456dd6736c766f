//! `GET /device/label` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, LabelImage};

use super::device::DeviceParams;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::{Core, hands};

/// The label that a device has now, to print it again or for its next owner. Each look leaves an audit row.
#[utoipa::path(
    get, path = "/device/label", operation_id = "deviceLabel", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("show_secrets"))),
    params(DeviceParams),
    responses(
        (status = 200, body = LabelImage),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device within reach, or it was made by hand and has no label"),
        (status = 410, body = ApiError, description = "It was shown once, and is not kept"),
        (status = 409, body = ApiError, description = "Its label was taken out of use"),
    )
)]
pub async fn label(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ShowSecrets>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<LabelImage>, ApiFailure> {
    Ok(Json(hands::label(&core, &caller, params.device_id).await?))
}
