//! `GET /devices/export` (ours).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use handover_wire::{ApiError, OrgId};
use serde::Deserialize;

use super::devices_listed::{self, After, Filtered, Sorted};
use crate::domain::{Reach, SearchText};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::{Core, export_devices};
use crate::store::DeviceQuery;

/// Which devices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The organization; the caller's own where absent.
    #[serde(default)]
    org_id: Option<OrgId>,
    /// Whether also those of the organizations below it.
    #[serde(default)]
    include_sub_org_devices: bool,
    /// Only those whose names hold this or whose identifier it is, or a number in whose metadata, 3 to 100 characters; capitals do not matter.
    #[serde(default)]
    query: Option<String>,
}

/// An organization's devices as a CSV table, the newest first or in another order, as there are when it begins, each with its
/// auth token, identifier, metadata, and its owner's address where the caller sees them. Whoever has the file can act as any of these devices: each export leaves an audit row.
#[utoipa::path(
    get, path = "/devices/export", operation_id = "exportDevices", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("export_tokens"))),
    params(Which, Filtered, Sorted),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 400, body = ApiError, description = "Not 3 to 100 characters, or no such order, state or template"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
    )
)]
pub async fn export(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ExportTokens>,
    Params(which): Params<Which>,
    Params(filtered): Params<Filtered>,
    Params(sorted): Params<Sorted>,
) -> Result<Response, ApiFailure> {
    let search = which.query.as_deref().map(SearchText::parse).transpose()?;
    let org = caller.org_in_reach(&core, which.org_id).await?;
    let reach = match which.include_sub_org_devices {
        true => caller.reach_from(org),
        false => Reach::only(org),
    };
    let filter = filtered.within(&core, reach).await?;
    let query = DeviceQuery {
        reach,
        listed: devices_listed::listed(&sorted, filter, &After::default())?,
        search: search
            .map(|text| text.as_str().to_owned())
            .unwrap_or_default(),
    };
    let day = core.now().in_iso_8601();
    let day = day.split('T').next().unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"handover-devices-{day}.csv\""),
        ),
    ];
    // Where it breaks off in the middle, the answer does, too, so that nobody takes part of it for all.
    let rows = export_devices::export(core.clone(), &caller, query).await?;
    Ok((headers, Body::from_stream(rows)).into_response())
}
