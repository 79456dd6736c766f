//! `POST /device/transfer` and its newer names.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, TransferDevice};

use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, hands};

/// Moves a device to another organization, as its own or its new owner's, or to another owner.
///
/// It is there at once. For 10 minutes it can be undone; then both sides are told by mail, and the device has another
/// label. The organization needs the device's template, and the owner is an active person of it or of one above.
#[utoipa::path(
    post, path = "/device/transfer", operation_id = "transferDevice", tag = "devices",
    extensions(("x-handover" = json!("published; the reason is ours")), ("x-permission" = json!("transfer_devices"))),
    request_body(content = TransferDevice, example = json!({"deviceId": 1, "newOrgId": 2})),
    responses(
        (status = 204, description = "It is there"),
        (status = 400, body = ApiError, description = "It is there already, or a field is not as it must be",
            example = json!({"error": {"message": "Can't transfer to the same owner", "code": "same_holder"}})),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device, organization or owner within reach",
            example = json!({"error": {
                "message": "Destination organization is not found or you don't have access to it.",
                "code": "not_found"
            }})),
        (status = 409, body = ApiError, description = "The organization lacks the template, the owner is not active, or the device's label was taken out of use"),
    )
)]
pub async fn transfer(
    State(core): State<Arc<Core>>,
    caller: Caller<may::TransferDevices>,
    Body(request): Body<TransferDevice>,
) -> Result<StatusCode, ApiFailure> {
    hands::transfer(&core, &caller, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same; `newUserId` is needed.
#[utoipa::path(
    post, path = "/device/transfer/to-owner", operation_id = "transferDeviceToOwner", tag = "devices",
    extensions(("x-handover" = json!("published by name; the body is ours")), ("x-permission" = json!("transfer_devices"))),
    request_body(content = TransferDevice, example = json!({"deviceId": 1, "newUserId": 3})),
    responses(
        (status = 204, description = "It is theirs"),
        (status = 400, body = ApiError, description = "It is theirs already, or a field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device, organization or owner within reach"),
        (status = 409, body = ApiError, description = "As for `/device/transfer`"),
    )
)]
pub async fn to_owner(
    state: State<Arc<Core>>,
    caller: Caller<may::TransferDevices>,
    Body(request): Body<TransferDevice>,
) -> Result<StatusCode, ApiFailure> {
    if request.new_user_id.is_none() {
        return Err(ApiFailure::invalid("newUserId", "newUserId is needed."));
    }
    transfer(state, caller, Body(request)).await
}

/// The same; `newOrgId` is needed.
#[utoipa::path(
    post, path = "/device/transfer/to-organization", operation_id = "transferDeviceToOrganization", tag = "devices",
    extensions(("x-handover" = json!("published by name; the body is ours")), ("x-permission" = json!("transfer_devices"))),
    request_body(content = TransferDevice, example = json!({"deviceId": 1, "newOrgId": 2})),
    responses(
        (status = 204, description = "It is there"),
        (status = 400, body = ApiError, description = "It is there already, or a field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device, organization or owner within reach"),
        (status = 409, body = ApiError, description = "As for `/device/transfer`"),
    )
)]
pub async fn to_organization(
    state: State<Arc<Core>>,
    caller: Caller<may::TransferDevices>,
    Body(request): Body<TransferDevice>,
) -> Result<StatusCode, ApiFailure> {
    if request.new_org_id.is_none() {
        return Err(ApiFailure::invalid("newOrgId", "newOrgId is needed."));
    }
    transfer(state, caller, Body(request)).await
}

#[cfg(test)]
mod tests;
