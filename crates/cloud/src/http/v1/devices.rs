//! `GET /devices`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Device, OrgId, Page, PageQuery};
use serde::Deserialize;

use super::devices_listed::{self, After, Filtered, Sorted};
use crate::domain::Reach;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// Which devices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DevicesParams {
    /// The organization; the caller's own where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Whether also those of the organizations below it. Customers see their own organization's in any case.
    #[serde(default)]
    include_sub_org_devices: bool,
}

/// An organization's devices, without their tokens: the newest first, or in another order. With a filter `totalElements`
/// counts to 1,000; where there are more, `totalIsLowerBound` is true. `next` goes on with the next page, which takes as long
/// however many there are before it.
#[utoipa::path(
    get, path = "/devices", operation_id = "devices", tag = "devices",
    extensions(("x-handover" = json!("published; sort, filter and after are ours")), ("x-permission" = json!("any"))),
    params(DevicesParams, Filtered, Sorted, After, PageQuery),
    responses(
        (status = 200, body = Page<Device>),
        (status = 400, body = ApiError, description = "No such order, state or template, or a place of another order"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn devices(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DevicesParams>,
    Params(filtered): Params<Filtered>,
    Params(sorted): Params<Sorted>,
    Params(after): Params<After>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Device>>, ApiFailure> {
    let org = caller.org_in_reach(&core, params.org_id).await?;
    let reach = if params.include_sub_org_devices {
        caller.reach_from(org)
    } else {
        Reach::only(org)
    };
    let filter = filtered.within(&core, reach).await?;
    let listed = devices_listed::listed(&sorted, filter, &after)?;
    Ok(Json(core.store.devices(reach, &listed, page).await?))
}
