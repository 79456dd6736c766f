//! `GET /search/devices`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Device, OrgId, Page, PageQuery};
use serde::Deserialize;

use super::devices_listed::{self, After, Filtered, Sorted};
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
    /// Part of a name, or a whole serial number, MAC address or other identifier, also where it stands in the metadata, 3 to
    /// 100 characters; capitals do not matter, nor does what stands between a number's digits.
    query: String,
    /// The organization to search in and below; the caller's own where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
}

/// The devices within reach whose names hold a text or that it identifies, the newest first, or in another order.
/// `totalElements` counts to 1,000; where more names hold the text, `totalIsLowerBound` is true, identifiers are not looked
/// at, and an order and a filter are of the newest 1,000 of them (unless the filter alone leaves few).
#[utoipa::path(
    get, path = "/search/devices", operation_id = "searchDevices", tag = "devices",
    extensions(("x-handover" = json!("published; sort and filter are ours")), ("x-permission" = json!("any"))),
    params(SearchParams, Filtered, Sorted, PageQuery),
    responses(
        (status = 200, body = Page<Device>),
        (status = 400, body = ApiError, description = "Not 3 to 100 characters, or no such order, state or template"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn search_devices(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(search): Params<SearchParams>,
    Params(filtered): Params<Filtered>,
    Params(sorted): Params<Sorted>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Device>>, ApiFailure> {
    let text = SearchText::parse(&search.query)?;
    let org = caller.org_in_reach(&core, search.org_id).await?;
    let reach = caller.reach_from(org);
    let filter = filtered.within(&core, reach).await?;
    let listed = devices_listed::listed(&sorted, filter, &After::default())?;
    let found = core.store.find_devices(reach, text.as_str(), &listed, page);
    Ok(Json(found.await?))
}
