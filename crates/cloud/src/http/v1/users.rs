//! `GET /users`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Page, PageQuery, User};

use super::OrgParams;
use crate::domain::Reach;
use crate::http::caller::{Caller, Staff};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// The people of an organization, by name; without `orgId` also those of all organizations below the caller's.
#[utoipa::path(
    get, path = "/users", operation_id = "users", tag = "people",
    extensions(("x-handover" = json!("published"))),
    params(OrgParams, PageQuery),
    responses(
        (status = 200, body = Page<User>),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn users(
    State(core): State<Arc<Core>>,
    caller: Caller<Staff>,
    Params(org): Params<OrgParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<User>>, ApiFailure> {
    let reach = match org.org_id {
        Some(org) => Reach::only(caller.org_in_reach(&core, Some(org)).await?),
        None => caller.reach(),
    };
    Ok(Json(core.store.users(reach, page).await?))
}
