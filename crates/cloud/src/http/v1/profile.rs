//! `GET /profile`: the caller's organization.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Organization};

use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::service::Core;
use crate::store::StoreError;

/// The caller's organization.
#[utoipa::path(
    get, path = "/profile", operation_id = "organizationProfile", tag = "organizations",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    responses((status = 200, body = Organization), (status = 401, body = ApiError))
)]
pub async fn profile(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
) -> Result<Json<Organization>, ApiFailure> {
    let org = core.store.org(caller.org).await?;
    Ok(Json(org.ok_or(StoreError::Corrupt(
        "a caller without organization",
    ))?))
}
