//! `GET /device/moves` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, DeviceMove, Page, PageQuery};

use super::device::{DeviceParams, not_found};
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// What became of a device: who gave it to whom, when and why, the newest first. Organizations and people out of the
/// caller's reach are not named, and reasons are given with the name of whoever gave them, or where the device both came
/// from and went to within reach. What was before a move that erases it is not listed.
#[utoipa::path(
    get, path = "/device/moves", operation_id = "deviceMoves", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("view_people"))),
    params(DeviceParams, PageQuery),
    responses(
        (status = 200, body = Page<DeviceMove>),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn moves(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ViewPeople>,
    Params(params): Params<DeviceParams>,
    Params(page): Params<PageQuery>,
) -> Result<Json<Page<DeviceMove>>, ApiFailure> {
    let id = params.device_id;
    let found = core.store.device(caller.reach(), id).await?;
    found.ok_or_else(|| not_found(id))?;
    Ok(Json(core.store.moves(caller.reach(), id, page).await?))
}
