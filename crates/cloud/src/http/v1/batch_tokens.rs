//! `GET /static-tokens/find`, `POST /static-tokens/revoke` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{
    ApiError, BatchId, BatchToken, ListSort, OrgId, Page, PageQuery, RevokeAnswer, RevokeTokens,
    TokenState,
};
use serde::Deserialize;

use crate::domain::{Reach, SearchText};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::batches::{self, BatchError};
use crate::store::TokenQuery;

/// Which tokens.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The organization; the caller's own and all below where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Of this batch alone.
    #[serde(default)]
    batch_id: Option<BatchId>,
    /// Part of a label, an identifier, a number in the metadata, or a name: that which the device gets, or has now.
    #[serde(default)]
    query: Option<String>,
    /// In this state alone.
    #[serde(default)]
    state: Option<TokenState>,
    /// In which order; those of a batch in theirs where absent, else the newest first.
    #[serde(default)]
    #[param(inline)]
    sort: Option<ListSort>,
}

/// Static tokens by any part of label, identifier, serial number or name; never with their secrets.
///
/// `totalElements` of a search counts to 1,000; where more are found, `totalIsLowerBound` is true, and `sort=name` is of the newest
/// of them alone.
#[utoipa::path(
    get, path = "/static-tokens/find", operation_id = "findStaticTokens", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    params(Which, PageQuery),
    responses(
        (status = 200, body = Page<BatchToken>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization or batch within reach"),
    )
)]
pub async fn find(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Params(which): Params<Which>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<BatchToken>>, ApiFailure> {
    let reach = match which.org_id {
        Some(org) => Reach::only(caller.org_in_reach(&core, Some(org)).await?),
        None => caller.reach(),
    };
    if let Some(batch) = which.batch_id {
        let found = core.store.batch(reach, batch).await?;
        found.ok_or(BatchError::NotFound)?;
    }
    let search = SearchText::any(which.query.as_deref().unwrap_or_default());
    let query = TokenQuery {
        reach,
        sees: caller.reach(),
        batch: which.batch_id,
        search: search.as_str(),
        state: which.state,
        sort: which.sort,
    };
    Ok(Json(core.store.batch_tokens(query, page).await?))
}

/// Takes static tokens out of use for good: their labels claim nothing any more. Those that somebody has claimed stay as
/// they are.
#[utoipa::path(
    post, path = "/static-tokens/revoke", operation_id = "revokeStaticTokens", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    request_body(content = RevokeTokens, example = json!({"batchId": 1, "reason": "Misprinted"})),
    responses(
        (status = 200, body = RevokeAnswer),
        (status = 400, body = ApiError, description = "Neither or both of a batch and tokens, too many, or a reason that is too long"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such batch or token within reach: nothing was revoked"),
        (status = 409, body = ApiError, description = "The batch is still being made, or never was"),
    )
)]
pub async fn revoke(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Body(request): Body<RevokeTokens>,
) -> Result<Json<RevokeAnswer>, ApiFailure> {
    let reason = request.reason.as_deref();
    let answer = match (request.batch_id, request.token_ids) {
        (Some(batch), None) => batches::revoke_batch(&core, &caller, batch, reason).await?,
        (None, Some(tokens)) => batches::revoke_tokens(&core, &caller, &tokens, reason).await?,
        _ => {
            return Err(ApiFailure::invalid(
                "batchId",
                "Either batchId or tokenIds is needed.",
            ));
        }
    };
    Ok(Json(answer))
}
