//! `GET /search/devices`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Device, Page, PageQuery};
use serde::Deserialize;

use crate::http::caller::{AnyRole, Caller};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// The published least length of a search, in characters.
const LEAST: usize = 3;

/// What to look for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Part of a name, 3 characters at least; capitals do not matter.
    query: String,
}

/// The devices within reach whose names hold a text, newest first.
#[utoipa::path(
    get, path = "/search/devices", operation_id = "searchDevices", tag = "devices",
    extensions(("x-handover" = json!("published"))),
    params(SearchParams, PageQuery),
    responses(
        (status = 200, body = Page<Device>),
        (status = 400, body = ApiError, description = "Fewer than 3 characters"),
        (status = 401, body = ApiError),
    )
)]
pub async fn search_devices(
    State(core): State<Arc<Core>>,
    caller: Caller<AnyRole>,
    Params(search): Params<SearchParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Device>>, ApiFailure> {
    let query = search.query.trim();
    if query.chars().count() < LEAST {
        return Err(ApiFailure::invalid(
            "query",
            "Search for 3 characters or more.",
        ));
    }
    Ok(Json(core.store.devices(caller.reach(), query, page).await?))
}
