//! `GET /search/devices`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Device, OrgId, Page, PageQuery};
use serde::Deserialize;

use crate::domain::SearchText;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// What to look for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Part of a name, 3 to 100 characters; capitals do not matter.
    query: String,
    /// The organization to search in and below; the caller's own where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
}

/// The devices within reach whose names hold a text, newest first. `totalElements` counts to 1,000; where there are
/// more, `totalIsLowerBound` is true.
#[utoipa::path(
    get, path = "/search/devices", operation_id = "searchDevices", tag = "devices",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(SearchParams, PageQuery),
    responses(
        (status = 200, body = Page<Device>),
        (status = 400, body = ApiError, description = "Not 3 to 100 characters"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn search_devices(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(search): Params<SearchParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Device>>, ApiFailure> {
    let text = SearchText::parse(&search.query)?;
    let org = caller.org_in_reach(&core, search.org_id).await?;
    let found = core
        .store
        .find_devices(caller.reach_from(org), text.as_str(), page);
    Ok(Json(found.await?))
}
