//! `POST /external/api/bootstrap` and `/external/api/bootstrap/presence` (ours): devices without a flashed token.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Bootstrap, BootstrapAnswer};

use super::error::ApiFailure;
use super::extract::Body;
use super::origin::PeerOrigin;
use crate::service::Core;
use crate::service::bootstrap::{self, BootstrapError};

impl From<BootstrapError> for ApiFailure {
    fn from(error: BootstrapError) -> Self {
        match error {
            BootstrapError::Field(field) => field.into(),
            BootstrapError::TooOften(wait) => Self::too_often(wait),
            BootstrapError::Broken(broken) => broken.into(),
        }
    }
}

/// A device asks for its auth token by what identifies it. It sends the same secret each time, which it made by itself.
///
/// The token is in the answer once the device is somebody's and they have confirmed this very machine: by its button, or by
/// the four digits in `check`, which the device shows. Until then, and for ever where nothing has the identifier, the answer
/// is `waiting`. Who asks with another secret for the same identifier gets nothing, and maker and owner are told.
#[utoipa::path(
    post, path = "/external/api/bootstrap", operation_id = "bootstrap", tag = "device API",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = Bootstrap, example = json!({
        "identifier": "4A:33:54:68:C9:F1", "secret": "c29tZXRoaW5nLXZlcnktcmFuZG9t"
    })),
    responses(
        (status = 200, body = BootstrapAnswer),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 429, body = ApiError, description = "Too often; `Retry-After` says how long to wait"),
        (status = 507, body = ApiError, description = "The cloud's disk is full: nothing was changed"),
    )
)]
pub async fn ask(
    State(core): State<Arc<Core>>,
    PeerOrigin(origin): PeerOrigin,
    Body(request): Body<Bootstrap>,
) -> Result<Json<BootstrapAnswer>, ApiFailure> {
    let answer = bootstrap::ask(&core, origin, &request, false).await?;
    Ok(Json(answer))
}

/// The same while the device's button is pressed: for five minutes that proves a claim of a batch which asks for it, of the
/// person who waits for it alone, of whoever claims first where nobody waits, and of nobody where several do; and where the owner was told to press it tells their yes.
#[utoipa::path(
    post, path = "/external/api/bootstrap/presence", operation_id = "bootstrapPresence", tag = "device API",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = Bootstrap, example = json!({
        "identifier": "4A:33:54:68:C9:F1", "secret": "c29tZXRoaW5nLXZlcnktcmFuZG9t"
    })),
    responses(
        (status = 200, body = BootstrapAnswer),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 429, body = ApiError, description = "Too often; `Retry-After` says how long to wait"),
        (status = 507, body = ApiError, description = "The cloud's disk is full: nothing was changed"),
    )
)]
pub async fn presence(
    State(core): State<Arc<Core>>,
    PeerOrigin(origin): PeerOrigin,
    Body(request): Body<Bootstrap>,
) -> Result<Json<BootstrapAnswer>, ApiFailure> {
    let answer = bootstrap::ask(&core, origin, &request, true).await?;
    Ok(Json(answer))
}
