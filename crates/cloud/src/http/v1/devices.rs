//! `GET /devices`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Device, OrgId, Page, PageQuery};
use serde::Deserialize;

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

/// An organization's devices, newest first. Without their tokens.
#[utoipa::path(
    get, path = "/devices", operation_id = "devices", tag = "devices",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(DevicesParams, PageQuery),
    responses(
        (status = 200, body = Page<Device>),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn devices(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DevicesParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<Device>>, ApiFailure> {
    let org = caller.org_in_reach(&core, params.org_id).await?;
    let reach = if params.include_sub_org_devices {
        caller.reach_from(org)
    } else {
        Reach::only(org)
    };
    Ok(Json(core.store.devices(reach, page).await?))
}
