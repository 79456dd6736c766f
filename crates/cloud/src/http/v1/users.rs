//! `GET /users`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, OrgId, Page, PageQuery, User, UserStatus};
use serde::Deserialize;

use crate::domain::{Reach, SearchText};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;
use crate::store::{PeopleQuery, PeopleSort};

/// Which people, in which order.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The organization; the caller's own and all below where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Part of a name or an address (ours).
    #[serde(default)]
    query: Option<String>,
    /// Of this status alone (ours).
    #[serde(default)]
    status: Option<UserStatus>,
    /// By what (ours).
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
}

/// The order; `-` turns it around.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
enum Sort {
    #[default]
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameDown,
    #[serde(rename = "email")]
    Email,
    #[serde(rename = "-email")]
    EmailDown,
    #[serde(rename = "newest")]
    Newest,
}

impl From<Sort> for PeopleSort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Name => Self::Name,
            Sort::NameDown => Self::NameDown,
            Sort::Email => Self::Email,
            Sort::EmailDown => Self::EmailDown,
            Sort::Newest => Self::Newest,
        }
    }
}

/// The people of an organization; without `orgId` also those of all organizations below the caller's. Those who left are
/// not among them.
#[utoipa::path(
    get, path = "/users", operation_id = "users", tag = "people",
    extensions(
        ("x-handover" = json!("published; query, status and sort are ours")),
        ("x-permission" = json!("view_people"))
    ),
    params(Which, PageQuery),
    responses(
        (status = 200, body = Page<User>),
        (status = 400, body = ApiError, description = "A parameter is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn users(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ViewPeople>,
    Params(which): Params<Which>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<User>>, ApiFailure> {
    let reach = match which.org_id {
        Some(org) => Reach::only(caller.org_in_reach(&core, Some(org)).await?),
        None => caller.reach(),
    };
    let search = SearchText::any(which.query.as_deref().unwrap_or_default());
    let query = PeopleQuery {
        reach,
        search: search.as_str(),
        status: which.status,
        sort: which.sort.into(),
    };
    Ok(Json(core.store.users(query, page).await?))
}
