//! `GET /sub-organizations`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Organization, Page, PageQuery};

use crate::http::caller::{AnyRole, Caller};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// All organizations below the caller's, by name. A customer sees none.
#[utoipa::path(
    get, path = "/sub-organizations", operation_id = "subOrganizations", tag = "organizations",
    extensions(("x-handover" = json!("published"))),
    params(PageQuery),
    responses((status = 200, body = Page<Organization>), (status = 401, body = ApiError))
)]
pub async fn sub_organizations(
    State(core): State<Arc<Core>>,
    caller: Caller<AnyRole>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Organization>>, ApiFailure> {
    Ok(Json(core.store.orgs_below(caller.reach(), page).await?))
}
