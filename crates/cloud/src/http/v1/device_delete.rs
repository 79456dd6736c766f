//! `DELETE /device`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, DeletedDevice, DeviceId};
use serde::Deserialize;

use super::devices_transfer::check_key;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::{Core, hands};

/// Which device.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DeleteParams {
    /// Its number.
    device_id: DeviceId,
    /// 1 to 200 printable characters: the same key gets the same answer again (ours).
    #[serde(default)]
    key: Option<String>,
    /// Why, for the record; up to 200 characters (ours).
    #[serde(default)]
    reason: Option<String>,
}

/// Gives a device up: its owner does, or support and administrators for them.
///
/// The device and what it said about itself are erased; the audit keeps who deleted it. The static token that it was
/// claimed with is nobody's again and has another QR token from then on, which is in the answer for the next owner: the label
/// that is on the device claims nothing any more, neither does the auth token, and a claim that is repeated under its old key
/// gets its old answer and no device. The same `key` gets the same answer again, so that a lost answer loses no
/// label; support of the token's organization can show and renew it, too (`/static-tokens/label`). Whoever had the device is
/// told by mail where somebody else deleted it.
#[utoipa::path(
    delete, path = "/device", operation_id = "deleteDevice", tag = "devices",
    extensions(("x-handover" = json!("published; that the QR token changes, the answer, the key and the reason are ours")), ("x-permission" = json!("any"))),
    params(DeleteParams),
    responses(
        (status = 200, body = DeletedDevice, description = "Deleted; with its new label, where it has one"),
        (status = 400, body = ApiError, description = "Which? Or the key or the reason is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns it"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "The key was used for a different request"),
    )
)]
pub async fn delete(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeleteParams>,
) -> Result<Json<DeletedDevice>, ApiFailure> {
    let key = params.key.as_deref();
    check_key(key)?;
    let reason = params.reason.as_deref();
    let deleted = hands::delete(&core, &caller, params.device_id, reason, key);
    Ok(Json(deleted.await?))
}

#[cfg(test)]
mod tests;
