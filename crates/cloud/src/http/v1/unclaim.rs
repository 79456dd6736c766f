//! `POST /static-tokens/unclaim` (the path is published, the body ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Unclaim, Unclaimed};

use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, hands};

/// Takes a device back: it is nobody's, out of its owner's list, and in the organization that made its label. The caller
/// reaches both. Its printed label is kept or renewed as is asked for.
#[utoipa::path(
    post, path = "/static-tokens/unclaim", operation_id = "unclaim", tag = "static tokens",
    extensions(("x-handover" = json!("published; the body is ours")), ("x-permission" = json!("manage_tokens"))),
    request_body(content = Unclaim, example = json!({"deviceId": 1, "label": "renew"})),
    responses(
        (status = 200, body = Unclaimed),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device within reach, made with a label of an organization within reach"),
        (status = 409, body = ApiError, description = "It is nobody's, or its label was taken out of use"),
    )
)]
pub async fn unclaim(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Body(request): Body<Unclaim>,
) -> Result<Json<Unclaimed>, ApiFailure> {
    Ok(Json(hands::disclaim(&core, &caller, &request).await?))
}

#[cfg(test)]
mod tests;
