//! `GET /device/bootstrap` and what a device's owner says there (ours): which machine is the device, so that it gets its token.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{
    ApiError, ConfirmPin, DecidePin, DeviceBootstrap, ErrorCode, OfDevice, OfLabel,
};

use super::device::{DeviceParams, not_found};
use crate::http::caller::{Caller, SignedIn, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::bootstrap::{self, PinError};

impl From<PinError> for ApiFailure {
    fn from(error: PinError) -> Self {
        let conflict = |code, message: &str| Self::new(StatusCode::CONFLICT, code, message);
        match error {
            PinError::NotFound(id) => not_found(id),
            PinError::NoSuchLabel => Self::not_found("There is no such label."),
            PinError::NotTheirs => Self::forbidden(
                "Only its owner says which machine a device is, or support for them.",
            ),
            PinError::NotIdentified => conflict(
                ErrorCode::NoLabel,
                "The device has no identifier that it could ask with.",
            ),
            PinError::Gone(_) => conflict(
                ErrorCode::PinGone,
                "No such machine asks for the device's token.",
            ),
            PinError::Conflict(_) => conflict(
                ErrorCode::PinConflict,
                "Several machines say that they are the device: compare the digits that it shows.",
            ),
            PinError::Broken(broken) => broken.into(),
        }
    }
}

/// Which machines ask for a device's token by its identifier, each with the four digits that it shows.
#[utoipa::path(
    get, path = "/device/bootstrap", operation_id = "deviceBootstrap", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = DeviceBootstrap),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn look(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<DeviceBootstrap>, ApiFailure> {
    let now = bootstrap::look(&core, &caller, params.device_id).await?;
    Ok(Json(now))
}

/// The machine that shows these digits is the device, and gets its token the next time that it asks. No other one does. Take
/// them from the device itself: what any other machine shows is no proof.
#[utoipa::path(
    post, path = "/device/bootstrap/confirm", operation_id = "confirmDevice", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = ConfirmPin, example = json!({"deviceId": 1, "check": "0427"})),
    responses(
        (status = 200, body = DeviceBootstrap),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "It is somebody else's"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "No machine that asks shows these digits, or two of them do"),
    )
)]
pub async fn confirm(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<ConfirmPin>,
) -> Result<Json<DeviceBootstrap>, ApiFailure> {
    let now = bootstrap::confirm(&core, &caller, &request).await?;
    Ok(Json(now))
}

/// This machine is not the device. It goes on asking, and gets nothing.
#[utoipa::path(
    post, path = "/device/bootstrap/refuse", operation_id = "refuseDevice", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = DecidePin, example = json!({"deviceId": 1, "fingerprint": "A1B2-C3D4"})),
    responses(
        (status = 200, body = DeviceBootstrap),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "It is somebody else's"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "No such machine asks any more"),
    )
)]
pub async fn refuse(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<DecidePin>,
) -> Result<Json<DeviceBootstrap>, ApiFailure> {
    let now = bootstrap::refuse(&core, &caller, &request).await?;
    Ok(Json(now))
}

/// For five minutes from now on the button confirms the one machine that asks, if that is its first press.
#[utoipa::path(
    post, path = "/device/bootstrap/press", operation_id = "awaitPress", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = OfDevice, example = json!({"deviceId": 1})),
    responses(
        (status = 200, body = DeviceBootstrap),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "It is somebody else's"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "Several machines ask, or the device has no identifier"),
    )
)]
pub async fn press(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<OfDevice>,
) -> Result<Json<DeviceBootstrap>, ApiFailure> {
    let now = bootstrap::await_press(&core, &caller, request.device_id).await?;
    Ok(Json(now))
}

/// Forgets all machines that ask, whatever was said of them: those that are on ask again, as for the first time. A token that a device has got is its own still.
#[utoipa::path(
    post, path = "/device/bootstrap/reset", operation_id = "resetPins", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = OfDevice, example = json!({"deviceId": 1})),
    responses(
        (status = 200, body = DeviceBootstrap),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "It is somebody else's"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "The device has no identifier"),
    )
)]
pub async fn reset(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<OfDevice>,
) -> Result<Json<DeviceBootstrap>, ApiFailure> {
    let now = bootstrap::reset(&core, &caller, request.device_id).await?;
    Ok(Json(now))
}

/// Forgets all machines that ask for the token of a device that nobody has yet: those that are on ask again, as for the first
/// time. Once somebody has it, it is for them.
#[utoipa::path(
    post, path = "/static-tokens/reset-machines", operation_id = "resetMachines", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    request_body(content = OfLabel, example = json!({"tokenId": 1})),
    responses(
        (status = 204, description = "Forgotten"),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; or somebody has the device"),
        (status = 404, body = ApiError, description = "No such label within reach"),
        (status = 409, body = ApiError, description = "The label has no identifier"),
        (status = 413, body = ApiError),
    )
)]
pub async fn reset_unclaimed(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Body(request): Body<OfLabel>,
) -> Result<StatusCode, ApiFailure> {
    bootstrap::reset_unclaimed(&core, &caller, request.token_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
