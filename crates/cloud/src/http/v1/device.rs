//! `GET /device` and `PUT /device`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{
    ApiError, Device, DeviceDetails, DeviceId, MetaFieldContent, MetaFieldValue, RenameDevice,
};
use serde::Deserialize;

use crate::domain::DeviceName;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::secrets::Purpose;
use crate::service::{Broken, Core, devices};

/// Which device.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DeviceParams {
    /// Its number.
    pub(super) device_id: DeviceId,
}

/// The published sentence.
pub(super) fn not_found(id: DeviceId) -> ApiFailure {
    ApiFailure::not_found(&format!(
        "Device with identifier {id} is not found or belong to another organization."
    ))
}

/// One device with its values. Support and administrators see its token, which leaves an audit row.
#[utoipa::path(
    get, path = "/device", operation_id = "device", tag = "devices",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = DeviceDetails),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, example = json!({"error": {
            "message": "Device with identifier 1 is not found or belong to another organization.",
            "code": "not_found"
        }})),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<DeviceDetails>, ApiFailure> {
    let id = params.device_id;
    let found = core.store.device(caller.reach(), id).await?;
    let found = found.ok_or_else(|| not_found(id))?;
    let mut device = found.device;
    if caller.sees_secrets() {
        devices::note_shown(&core, &caller.actor, device.org_id, Some(id), 1).await?;
        let token = core.keys.open_kept(Purpose::AuthToken, &found.auth_sealed);
        device.token = token.map_err(Broken::from)?;
    }
    let metadata = core.store.token_metadata(id).await?;
    // No template has datastreams yet.
    Ok(Json(DeviceDetails {
        device,
        data_stream_values: Vec::new(),
        meta_field_values: (1..).zip(metadata).map(meta_field).collect(),
    }))
}

/// Fields come with the token, not with the template yet: they are numbered in the order of their names.
fn meta_field((id, (name, value)): (i64, (String, String))) -> MetaFieldValue {
    MetaFieldValue {
        id,
        name,
        value: MetaFieldContent {
            kind: "Text".to_owned(),
            value: value.into(),
        },
    }
}

/// Gives a device another name.
#[utoipa::path(
    put, path = "/device", operation_id = "renameDevice", tag = "devices",
    extensions(("x-handover" = json!("published; the body is ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    request_body(content = RenameDevice, example = json!({"name": "Tomato bed"})),
    responses(
        (status = 200, body = Device),
        (status = 400, body = ApiError, description = "Not a name"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn rename(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
    Body(request): Body<RenameDevice>,
) -> Result<Json<Device>, ApiFailure> {
    let name = DeviceName::parse(&request.name)?;
    let id = params.device_id;
    let device = devices::rename(&core, &caller.actor, caller.reach(), id, &name).await?;
    device.map(Json).ok_or_else(|| not_found(id))
}
