//! `GET /device` and `PUT /device`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Device, DeviceDetails, DeviceId, EditDevice};
use serde::Deserialize;

use crate::domain::{DeviceName, values};
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::devices::DeviceError;
use crate::service::{Core, devices, hands, living};

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

/// One device with its values. A machine that may see secrets gets its token with it, as published, which leaves an audit
/// row each time. People do not: pages look at devices all the time, and ask for a token by itself (`/device/token`).
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
    let mut device = found.device.clone();
    if caller.user().is_none() && caller.sees_secrets() {
        device.token = devices::open_token(&core, &caller, id).await?;
    }
    let fields = core.store.meta_fields(&device.template_id).await?;
    let data_stream_values = living::details(&core, id).await?;
    let last_heard_at = living::last_heard(&core, id).await?;
    Ok(Json(DeviceDetails {
        last_heard_at,
        has_label: core.store.has_label(id).await?,
        may_take_back: hands::may_take_back(&core, &caller, id).await?,
        device,
        data_stream_values,
        meta_field_values: values(&fields, &found.metadata),
        identifier: core.store.device_identifier(id).await?,
    }))
}

/// Gives a device another name, or its metadata fields other values.
#[utoipa::path(
    put, path = "/device", operation_id = "renameDevice", tag = "devices",
    extensions(("x-handover" = json!("published; the body is ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    request_body(content = EditDevice, example = json!({"name": "Tomato bed"})),
    responses(
        (status = 200, body = Device),
        (status = 400, body = ApiError, description = "Not a name, or a field that the device does not have, or no value for it"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn rename(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
    Body(request): Body<EditDevice>,
) -> Result<Json<Device>, ApiFailure> {
    if request.name.is_none() && request.meta_fields.is_empty() {
        return Err(ApiFailure::invalid("name", "name or metaFields is needed."));
    }
    let name = request.name.as_deref().map(DeviceName::parse).transpose()?;
    let id = params.device_id;
    let which = (caller.reach(), id);
    let device = devices::edit(
        &core,
        &caller.actor,
        which,
        name.as_ref(),
        &request.meta_fields,
    );
    let device = device.await?;
    device.map(Json).ok_or_else(|| not_found(id))
}

impl From<DeviceError> for ApiFailure {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::Field(error) => error.into(),
            DeviceError::Gone(gone) => gone.into(),
            DeviceError::Limit => Self::device_limit(),
            DeviceError::Broken(broken) => broken.into(),
        }
    }
}
