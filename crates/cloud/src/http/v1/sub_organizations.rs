//! `GET /sub-organizations` and `GET /search`: the organizations below.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, ListSort, OrgId, OrganizationSummary, Page, PageQuery};
use serde::Deserialize;

use crate::domain::{Reach, SearchText};
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// Below which organization, and named how.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Below {
    /// The organization above them; the caller's own where absent (ours).
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Part of a name (ours).
    #[serde(default)]
    query: Option<String>,
    /// In which order; by name where absent (ours).
    #[serde(default)]
    #[param(inline)]
    sort: Option<ListSort>,
}

/// All organizations below the caller's, each with what is in it. A customer sees none.
#[utoipa::path(
    get, path = "/sub-organizations", operation_id = "subOrganizations", tag = "organizations",
    extensions(
        ("x-handover" = json!("published; orgId, query, sort and the numbers of contents are ours")),
        ("x-permission" = json!("any"))
    ),
    params(Below, PageQuery),
    responses(
        (status = 200, body = Page<OrganizationSummary>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn sub_organizations(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(below): Params<Below>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<OrganizationSummary>>, ApiFailure> {
    let reach = match below.org_id {
        Some(org) => Reach::tree(caller.org_in_reach(&core, Some(org)).await?),
        None => caller.reach(),
    };
    let search = SearchText::any(below.query.as_deref().unwrap_or_default());
    let sort = below.sort.unwrap_or(ListSort::Name);
    let found = core.store.orgs_below(reach, search.as_str(), sort, page);
    Ok(Json(found.await?))
}

/// What to search for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Part of a name, 3 to 100 characters.
    query: String,
}

/// The organizations below the caller's whose names hold a text.
#[utoipa::path(
    get, path = "/search", operation_id = "searchOrganizations", tag = "organizations",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(Search, PageQuery),
    responses(
        (status = 200, body = Page<OrganizationSummary>),
        (status = 400, body = ApiError, description = "Not 3 to 100 characters"),
        (status = 401, body = ApiError),
    )
)]
pub async fn search(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(search): Params<Search>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<OrganizationSummary>>, ApiFailure> {
    let text = SearchText::parse(&search.query)?;
    let found = core
        .store
        .orgs_below(caller.reach(), text.as_str(), ListSort::Name, page);
    Ok(Json(found.await?))
}
