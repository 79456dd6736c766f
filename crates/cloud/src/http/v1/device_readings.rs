//! `/device/value`, `/device/history`, `/device/events` and `/device/properties` (ours): what a device said, and what it is
//! told.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{
    ApiError, DeviceEvent, DeviceHistory, DeviceId, DeviceProperty, SetValue, ValueSet,
};
use serde::Deserialize;

use super::device::{DeviceParams, not_found};
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::living::{self, SetError};

/// Milliseconds of a chart at the most.
const LONGEST: i64 = 62 * 24 * 3_600_000;

/// Which datastream, and of when.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    /// The device.
    device_id: DeviceId,
    /// The datastream's pin.
    #[param(example = "1")]
    pin: u8,
    /// Since when, in milliseconds since the epoch; a day ago where absent.
    #[serde(default)]
    from: Option<i64>,
    /// Until when, 62 days later at the most; now where absent.
    #[serde(default)]
    to: Option<i64>,
}

/// Has a device's datastream hold something, which the device is told: at once where it has a connection, once it asks where
/// it speaks over HTTPS, otherwise when it is back, where the template says that this datastream is `queued`. The answer says
/// what has become of it. A number out of its range becomes the end of that which is nearest, and the answer says which.
#[utoipa::path(
    put, path = "/device/value", operation_id = "setValue", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = SetValue, example = json!({"deviceId": 1, "pin": 5, "value": 30})),
    responses(
        (status = 200, body = ValueSet, description = "It holds that now, or the end of its range where the number was out of it"),
        (status = 400, body = ApiError, description = "No such datastream, none that people set, or no value of its type"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn set(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<SetValue>,
) -> Result<Json<ValueSet>, ApiFailure> {
    let (instead, delivery) = living::set(&core, &caller, &request).await?;
    Ok(Json(ValueSet {
        value: instead.map(|value| value.raw()),
        delivery,
    }))
}

impl From<SetError> for ApiFailure {
    fn from(error: SetError) -> Self {
        match error {
            SetError::NotFound(id) => not_found(id),
            SetError::NoDatastream => Self::invalid("pin", "No datastream setup for that pin."),
            SetError::NotWritable => Self::invalid("pin", "People do not set this datastream."),
            SetError::TooLong => Self::invalid("value", "value must be 1,024 bytes at most."),
            SetError::Wrong(wrong) => Self::invalid("value", &wrong.to_string()),
            SetError::Broken(broken) => broken.into(),
        }
    }
}

pub(super) async fn within_reach(
    core: &Core,
    caller: &Caller<SignedIn>,
    id: DeviceId,
) -> Result<(), ApiFailure> {
    let found = core.store.device(caller.reach(), id).await?;
    found.map(drop).ok_or_else(|| not_found(id))
}

/// What a number was: a point for each minute or hour in which it came, by how long the chart is. Minutes are kept for two
/// days and hours for 400.
#[utoipa::path(
    get, path = "/device/history", operation_id = "deviceHistory", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(HistoryParams),
    responses(
        (status = 200, body = DeviceHistory),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn history(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<HistoryParams>,
) -> Result<Json<DeviceHistory>, ApiFailure> {
    let now = core.now().0;
    let to = params
        .to
        .unwrap_or(now)
        .clamp(0, now.saturating_add(60_000));
    let day = to.saturating_sub(24 * 3_600_000);
    let from = params.from.unwrap_or(day).clamp(0, to);
    let from = from.max(to - LONGEST);
    within_reach(&core, &caller, params.device_id).await?;
    let times = (from, to.saturating_add(1));
    Ok(Json(
        living::history(&core, params.device_id, params.pin, times).await?,
    ))
}

/// What a device told last, the newest first: 100 at most.
#[utoipa::path(
    get, path = "/device/events", operation_id = "deviceEvents", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = Vec<DeviceEvent>),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn events(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<Vec<DeviceEvent>>, ApiFailure> {
    within_reach(&core, &caller, params.device_id).await?;
    Ok(Json(living::events(&core, params.device_id).await?))
}

/// How a device wants its datastreams shown.
#[utoipa::path(
    get, path = "/device/properties", operation_id = "deviceProperties", tag = "devices",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = Vec<DeviceProperty>),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn properties(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<Vec<DeviceProperty>>, ApiFailure> {
    within_reach(&core, &caller, params.device_id).await?;
    Ok(Json(living::properties(&core, params.device_id).await?))
}
