//! `GET /static-tokens/label`, `POST /static-tokens/label` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, LabelImage, RenewLabel, TokenId};
use serde::Deserialize;

use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::{Core, hands};

/// Which label.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TokenParams {
    /// Its number.
    token_id: TokenId,
}

/// The code that a static token's label has now, also where there is no device of it: after a release or a deletion that
/// erased it, its next owner needs this. Each look leaves an audit row.
#[utoipa::path(
    get, path = "/static-tokens/label", operation_id = "tokenLabel", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("show_secrets"))),
    params(TokenParams),
    responses(
        (status = 200, body = LabelImage),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such label within reach"),
        (status = 409, body = ApiError, description = "It was taken out of use"),
        (status = 410, body = ApiError, description = "It was shown once, and is not kept: it can be renewed while nobody has its device"),
    )
)]
pub async fn label(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ShowSecrets>,
    Params(params): Params<TokenParams>,
) -> Result<Json<LabelImage>, ApiFailure> {
    Ok(Json(
        hands::label_of_token(&core, &caller, params.token_id).await?,
    ))
}

/// Gives the label of a device that nobody has another code, which is in the answer: the code before claims nothing from then
/// on, printed or not. An answer that was lost is asked for again; each renews the label.
#[utoipa::path(
    post, path = "/static-tokens/label", operation_id = "renewLabel", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("show_secrets"))),
    request_body(content = RenewLabel, example = json!({"tokenId": 1})),
    responses(
        (status = 200, body = LabelImage),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; or somebody has the device"),
        (status = 404, body = ApiError, description = "No such label within reach"),
        (status = 409, body = ApiError, description = "It was taken out of use"),
        (status = 413, body = ApiError),
    )
)]
pub async fn renew(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ShowSecrets>,
    Body(request): Body<RenewLabel>,
) -> Result<Json<LabelImage>, ApiFailure> {
    Ok(Json(
        hands::renew_label(&core, &caller, request.token_id).await?,
    ))
}

#[cfg(test)]
mod tests;
