//! `POST /device/release` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, ReleaseDevice, ReleasedDevice};

use super::devices_transfer::check_key;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, hands};

/// Gives a device up: its owner does, or support and administrators for them.
///
/// It is nobody's then, and has another label, which is in the answer for the next owner and claims at once; the label
/// that is on the device claims nothing any more, neither does the auth token. With its history kept the device goes back
/// to the organization that made its label, and on to whoever claims it; erased, it is gone, and a claim makes it anew. A
/// device that was made by hand gets a static token, of the organization whose template it is. The same `key` gets the
/// same answer again, so that a lost answer loses no label. Whoever had it is told by mail where somebody else gave it up.
#[utoipa::path(
    post, path = "/device/release", operation_id = "releaseDevice", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = ReleaseDevice, example = json!({"deviceId": 1, "history": "keep"})),
    responses(
        (status = 200, body = ReleasedDevice, description = "It is nobody's; this is its new label"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns it"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "It is nobody's, its label was taken out of use, or the key was used for a different request"),
    )
)]
pub async fn release(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<ReleaseDevice>,
) -> Result<Json<ReleasedDevice>, ApiFailure> {
    check_key(request.key.as_deref())?;
    Ok(Json(hands::release(&core, &caller, &request).await?))
}

#[cfg(test)]
mod tests;
