//! `/static-tokens/batches` and `/static-tokens/batch` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{
    ApiError, Batch, BatchId, BatchState, CreateBatch, ErrorCode, ListSort, OrgId, Page, PageQuery,
};
use serde::Deserialize;

use super::within;
use crate::domain::{Reach, SearchText};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::batches::{self, BatchError, TemplateNotYours};

/// Which batches, in which order.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The organization; the caller's own and all below where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Part of a name.
    #[serde(default)]
    query: Option<String>,
    /// In which order; the newest first where absent.
    #[serde(default)]
    #[param(inline)]
    sort: Option<ListSort>,
}

/// Which batch.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WhichBatch {
    /// Its number.
    pub(super) batch_id: BatchId,
}

/// The batches of an organization; without `orgId` also those of all organizations below the caller's.
#[utoipa::path(
    get, path = "/static-tokens/batches", operation_id = "batches", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    params(Which, PageQuery),
    responses(
        (status = 200, body = Page<Batch>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn batches(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Params(which): Params<Which>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Batch>>, ApiFailure> {
    let reach = match which.org_id {
        Some(org) => Reach::only(caller.org_in_reach(&core, Some(org)).await?),
        None => caller.reach(),
    };
    let search = SearchText::any(which.query.as_deref().unwrap_or_default());
    let found = core.store.batches(
        reach,
        search.as_str(),
        which.sort.unwrap_or(ListSort::Newest),
        page,
    );
    Ok(Json(found.await?))
}

/// Asks for a batch of static tokens, all or none. They are made in the background: `GET /static-tokens/batch` says how
/// far that is, and none of them claims anything before the last one is made.
#[utoipa::path(
    post, path = "/static-tokens/batches", operation_id = "createBatch", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    request_body(content = CreateBatch, example = json!({
        "templateId": "TMPLsoil00001", "name": "Spring", "note": "Line 2", "count": 100_000
    })),
    responses(
        (status = 202, body = Batch),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; with identifiers, of the organization that has the template or one above it"),
        (status = 404, body = ApiError, description = "No such organization or template within reach"),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Body(request): Body<CreateBatch>,
) -> Result<(StatusCode, Json<Batch>), ApiFailure> {
    let org = caller.org_in_reach(&core, request.org_id).await?;
    let template = within::template(&core, org, &request.template_id).await?;
    let batch = batches::generate(&core, &caller, &template, org, &request).await?;
    Ok((StatusCode::ACCEPTED, Json(batch)))
}

/// One batch: how far it is, and its tokens counted by state.
#[utoipa::path(
    get, path = "/static-tokens/batch", operation_id = "batch", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    params(WhichBatch),
    responses(
        (status = 200, body = Batch),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such batch within reach"),
    )
)]
pub async fn batch(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Params(which): Params<WhichBatch>,
) -> Result<Json<Batch>, ApiFailure> {
    let found = core.store.batch(caller.reach(), which.batch_id).await?;
    Ok(Json(found.ok_or(BatchError::NotFound)?))
}

/// Stops the making of a batch. None of its tokens ever claims anything, and they are deleted.
#[utoipa::path(
    post, path = "/static-tokens/batch/cancel", operation_id = "cancelBatch", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    params(WhichBatch),
    responses(
        (status = 204, description = "Stopped"),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such batch within reach"),
        (status = 409, body = ApiError, description = "It is made already, or came to nothing"),
    )
)]
pub async fn cancel(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Params(which): Params<WhichBatch>,
) -> Result<StatusCode, ApiFailure> {
    batches::cancel(&core, &caller, which.batch_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<TemplateNotYours> for ApiFailure {
    fn from(_: TemplateNotYours) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            ErrorCode::TemplateNotYours,
            "Only the organization that has the template, or one above it, says what identifies its devices.",
        )
    }
}

impl From<BatchError> for ApiFailure {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Field(error) => error.into(),
            BatchError::Template(error) => error.into(),
            BatchError::Gone(gone) => gone.into(),
            BatchError::BlockEnds(left) => Self::invalid(
                "identifiers.first",
                &format!(
                    "The block that identifiers.first is of ends before there are as many: {left} are left in it."
                ),
            )
            .with("left", left),
            BatchError::NotFound => Self::not_found("There is no such batch or static token."),
            BatchError::SecretsGone => Self::new(
                StatusCode::GONE,
                ErrorCode::SecretsGone,
                "Its secrets are shown once, and were. Revoke the batch, and generate another.",
            ),
            BatchError::NotReady(state) => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::BatchNotReady,
                match state {
                    BatchState::Making => "The batch is still being made.",
                    BatchState::Ready => "The batch is made already.",
                    BatchState::Cancelled | BatchState::Failed => "The batch was never made.",
                },
            ),
            BatchError::Broken(broken) => broken.into(),
        }
    }
}
