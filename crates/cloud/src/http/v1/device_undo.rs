//! `POST /device/undo` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, UndoMove, Undone};

use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, hands};

/// Undoes the claim or transfer that brought a device where it is, within 10 minutes, as if it had not been: the printed
/// label is as good as before, and nobody gets a mail about it. Whoever did it can, and support whose reach it began and
/// ended in. Anything else that happens to the device ends the time.
///
/// It gives back what was there before: to an owner who was suspended meanwhile, too, and beyond a device limit that was set or
/// reached since. Where the owner has left it is their organization's, and `ownerLeft` says so. A request that support
/// approved waits for its word again.
#[utoipa::path(
    post, path = "/device/undo", operation_id = "undoDeviceMove", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = UndoMove, example = json!({"deviceId": 1})),
    responses(
        (status = 200, body = Undone),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else did it"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "There is nothing to undo; `cause` says why: `time_over`, `undone`, `token_out` (somebody got its auth token), `together` (something that came with it went on or its token is out), `nothing`, `former_gone` (nowhere to go back to)"),
    )
)]
pub async fn undo(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<UndoMove>,
) -> Result<Json<Undone>, ApiFailure> {
    Ok(Json(hands::undo(&core, &caller, &request).await?))
}

#[cfg(test)]
mod tests;
