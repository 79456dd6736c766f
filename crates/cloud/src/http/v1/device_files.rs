//! `/device/files` and `/device/file` (ours): what a device uploaded.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use handover_wire::{ApiError, DeviceFile, FileId};
use serde::Deserialize;

use super::device::DeviceParams;
use super::device_readings::within_reach;
use crate::http::attachment;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;
use crate::service::files::{self, DeleteError};

/// Which file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct FileParams {
    /// Its number.
    file_id: FileId,
}

impl From<DeleteError> for ApiFailure {
    fn from(error: DeleteError) -> Self {
        match error {
            DeleteError::NotFound => Self::not_found(&error.to_string()),
            DeleteError::NotTheirs => Self::forbidden(&error.to_string()),
            DeleteError::Broken(broken) => broken.into(),
        }
    }
}

/// The files that a device uploaded, the newest first. A device keeps 10; right after a move that hands its history on there may
/// be more for some minutes, since none is lost that an undo brings back.
#[utoipa::path(
    get, path = "/device/files", operation_id = "deviceFiles", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = Vec<DeviceFile>),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn list(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<Vec<DeviceFile>>, ApiFailure> {
    let id = params.device_id;
    within_reach(&core, &caller, id).await?;
    Ok(Json(core.store.device_files(id).await?))
}

/// A file that a device uploaded. It is saved and never shown: its type is `application/octet-stream`, whatever it is.
#[utoipa::path(
    get, path = "/device/file", operation_id = "deviceFile", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(FileParams),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such file of a device within reach"),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<FileParams>,
) -> Result<Response, ApiFailure> {
    let found = files::within(&core, caller.reach(), params.file_id).await?;
    let found = found.ok_or(DeleteError::NotFound)?;
    Ok(attachment::of_device(core, found))
}

/// Deletes a file that a device uploaded: its owner does, or support and administrators. Its link opens nothing any more.
#[utoipa::path(
    delete, path = "/device/file", operation_id = "deleteFile", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(FileParams),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns the device"),
        (status = 404, body = ApiError, description = "No such file of a device within reach"),
    )
)]
pub async fn delete(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<FileParams>,
) -> Result<StatusCode, ApiFailure> {
    files::delete(&core, &caller, params.file_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
