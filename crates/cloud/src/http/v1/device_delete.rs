//! `DELETE /device`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::ApiError;

use super::device::DeviceParams;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::{Core, hands};

/// Gives a device up: its owner does, or support and administrators for them.
///
/// The device and what it said about itself are erased; the audit keeps who deleted it. The static token that it was
/// claimed with is nobody's again and has another QR token from then on, which support of the token's organization see
/// in its list: the label that is on the device claims nothing any more, neither does the auth token, and a claim that
/// is repeated under its old key gets its old answer and no device. `POST /device/release` gives a device up and answers with
/// its new label.
#[utoipa::path(
    delete, path = "/device", operation_id = "deleteDevice", tag = "devices",
    extensions(("x-handover" = json!("published; that the QR token changes is ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns it"),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn delete(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<StatusCode, ApiFailure> {
    hands::delete(&core, &caller, params.device_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
