//! `/static-tokens/approvals` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{
    ApiError, Approval, ApprovalState, ApproveClaim, ClaimAnswer, ErrorCode, Page, PageQuery,
    RefuseClaim, TimeSort,
};
use serde::Deserialize;

use crate::domain::SearchText;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::approvals::{self, ApprovalError};
use crate::store::ApprovalQuery;

/// Which of them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// In this state; those that wait where absent.
    #[serde(default = "waiting")]
    #[param(inline)]
    state: ApprovalState,
    /// Part of what was asked for, of a label, or of the name or address of whoever asked, or of their organization.
    #[serde(default)]
    query: Option<String>,
    /// In which order; where absent the oldest first while they wait, else the newest.
    #[serde(default)]
    #[param(inline)]
    sort: Option<TimeSort>,
}

fn waiting() -> ApprovalState {
    ApprovalState::Pending
}

/// Claims by identifier that wait for support's word, the oldest first; or that have had it, the newest first. Those for
/// devices of the caller's organization and all below.
#[utoipa::path(
    get, path = "/static-tokens/approvals", operation_id = "approvals", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("claim_for_others"))),
    params(Which, PageQuery),
    responses(
        (status = 200, body = Page<Approval>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
    )
)]
pub async fn approvals(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ClaimForOthers>,
    Params(which): Params<Which>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Approval>>, ApiFailure> {
    let search = SearchText::any(which.query.as_deref().unwrap_or_default());
    let query = ApprovalQuery {
        reach: caller.reach(),
        state: which.state,
        search: search.as_str(),
        sort: which.sort,
    };
    let found = core.store.approvals(query, page, core.now());
    Ok(Json(found.await?))
}

/// Lets somebody have the device that they asked for.
#[utoipa::path(
    post, path = "/static-tokens/approvals/approve", operation_id = "approveClaim", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("claim_for_others"))),
    request_body(content = ApproveClaim, example = json!({"approvalId": 1, "reason": "Their invoice names it"})),
    responses(
        (status = 201, body = ClaimAnswer, description = "The device is theirs"),
        (status = 400, body = ApiError, description = "Which? Or the reason is too long"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; or their organization has as many devices as it may have (`device_limit`)"),
        (status = 404, body = ApiError, description = "No such claim within reach"),
        (status = 409, body = ApiError, description = "It was decided before, somebody else has the device, or whoever asked is suspended"),
        (status = 413, body = ApiError),
    )
)]
pub async fn approve(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ClaimForOthers>,
    Body(request): Body<ApproveClaim>,
) -> Result<(StatusCode, Json<ClaimAnswer>), ApiFailure> {
    let reason = request.reason.as_deref();
    let answer = approvals::approve(&core, &caller, request.approval_id, reason).await?;
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Says no to somebody who asked for a device. They are told by mail, with the reason.
#[utoipa::path(
    post, path = "/static-tokens/approvals/refuse", operation_id = "refuseClaim", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("claim_for_others"))),
    request_body(content = RefuseClaim, example = json!({"approvalId": 1, "reason": "Sold to somebody else"})),
    responses(
        (status = 204, description = "Refused"),
        (status = 400, body = ApiError, description = "Which? Or the reason is too long"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such claim within reach"),
        (status = 409, body = ApiError, description = "It was decided before"),
        (status = 413, body = ApiError),
    )
)]
pub async fn refuse(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ClaimForOthers>,
    Body(request): Body<RefuseClaim>,
) -> Result<StatusCode, ApiFailure> {
    let reason = request.reason.as_deref();
    approvals::refuse(&core, &caller, request.approval_id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ApprovalError> for ApiFailure {
    fn from(error: ApprovalError) -> Self {
        let conflict = |code, message| Self::new(StatusCode::CONFLICT, code, message);
        match error {
            ApprovalError::NotFound => Self::not_found("There is no such claim that waits."),
            ApprovalError::Decided(_) => conflict(
                ErrorCode::AlreadyDecided,
                "It was decided before, or nobody decided in time.",
            ),
            ApprovalError::Taken => conflict(
                ErrorCode::NotClaimable,
                "Somebody else has the device, or its label was taken out of use.",
            ),
            ApprovalError::DeviceLimit => Self::device_limit(),
            ApprovalError::Asker(status) => {
                conflict(ErrorCode::WrongStatus, "Whoever asked is not active.")
                    .with("status", format!("{status:?}"))
            }
            ApprovalError::Field(error) => error.into(),
            ApprovalError::Broken(broken) => broken.into(),
        }
    }
}
