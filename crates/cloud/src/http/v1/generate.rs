//! `POST /static-tokens/generate` (the shape is ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, GenerateTokens, Page, StaticToken};

use super::within;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, mint};

/// Tokens at the most in one request (ours).
const MOST: u32 = 10_000;

/// Makes static tokens: all or none.
#[utoipa::path(
    post, path = "/static-tokens/generate", operation_id = "generateStaticTokens", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    request_body(content = GenerateTokens, example = json!({"templateId": "TMPLsoil00001", "count": 12})),
    responses(
        (status = 201, body = Page<StaticToken>),
        (status = 400, body = ApiError, description = "Not 1 to 10,000"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization or template within reach"),
    )
)]
pub async fn generate(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Body(request): Body<GenerateTokens>,
) -> Result<(StatusCode, Json<Page<StaticToken>>), ApiFailure> {
    if !(1..=MOST).contains(&request.count) {
        return Err(ApiFailure::invalid("count", "count must be 1 to 10,000."));
    }
    let org = caller.org_in_reach(&core, request.org_id).await?;
    let template = within::template(&core, org, &request.template_id).await?;
    let made = mint::generate(&core, &caller.actor, org, template.id, request.count).await?;
    let page = Page::new(made?, u64::from(request.count));
    Ok((StatusCode::CREATED, Json(page)))
}
