//! `POST /devices/transfer` and `POST /devices/undo` (ours): many devices at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, DeviceId, DeviceOutcomes, TransferDevices, UndoMoves};

use super::claim::LONGEST_KEY;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::Core;
use crate::service::hands::{self, MOST_AT_ONCE};

/// Moves many devices, each by itself as `POST /device/transfer` does, and tells of each what became of it.
///
/// With `dryRun` nothing is moved, and the answer is what would become of each; where that takes several calls, each is told
/// the `roomTaken` of the one before. The same `key` gets the same answer again.
#[utoipa::path(
    post, path = "/devices/transfer", operation_id = "transferDevices", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("transfer_devices"))),
    request_body(content = TransferDevices, example = json!({"deviceIds": [1, 2], "newOrgId": 2, "dryRun": true})),
    responses(
        (status = 200, body = DeviceOutcomes),
        (status = 400, body = ApiError, description = "Not 1 to 500 devices, or a field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization or owner within reach"),
        (status = 409, body = ApiError, description = "The owner is not active, or the key was used for a different request"),
    )
)]
pub async fn transfer(
    State(core): State<Arc<Core>>,
    caller: Caller<may::TransferDevices>,
    Body(request): Body<TransferDevices>,
) -> Result<Json<DeviceOutcomes>, ApiFailure> {
    check_number(&request.device_ids)?;
    check_key(request.key.as_deref())?;
    Ok(Json(hands::transfer_many(&core, &caller, &request).await?))
}

/// Undoes the claims or transfers of many devices, each by itself as `POST /device/undo` does.
#[utoipa::path(
    post, path = "/devices/undo", operation_id = "undoDeviceMoves", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("transfer_devices"))),
    request_body(content = UndoMoves, example = json!({"deviceIds": [1, 2]})),
    responses(
        (status = 200, body = DeviceOutcomes),
        (status = 400, body = ApiError, description = "Not 1 to 500 devices, or a field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
    )
)]
pub async fn undo(
    State(core): State<Arc<Core>>,
    caller: Caller<may::TransferDevices>,
    Body(request): Body<UndoMoves>,
) -> Result<Json<DeviceOutcomes>, ApiFailure> {
    check_number(&request.device_ids)?;
    Ok(Json(hands::undo_many(&core, &caller, &request).await?))
}

/// A key in a body is as one in the header `Idempotency-Key` is.
pub(super) fn check_key(key: Option<&str>) -> Result<(), ApiFailure> {
    let is_good = |key: &str| {
        (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if key.is_none_or(is_good) {
        return Ok(());
    }
    let message = format!("key must be 1 to {LONGEST_KEY} printable characters.");
    Err(ApiFailure::invalid("key", &message))
}

fn check_number(devices: &[DeviceId]) -> Result<(), ApiFailure> {
    if (1..=MOST_AT_ONCE).contains(&devices.len()) {
        Ok(())
    } else {
        let message = format!("deviceIds must be 1 to {MOST_AT_ONCE}.");
        Err(ApiFailure::invalid("deviceIds", &message))
    }
}

#[cfg(test)]
mod tests;
