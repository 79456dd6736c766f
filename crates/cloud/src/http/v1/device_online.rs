//! `GET /device/online`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, DeviceOnline, DeviceState};

use super::device::{DeviceParams, not_found};
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;

/// Whether a device is connected now. One that never was is not.
#[utoipa::path(
    get, path = "/device/online", operation_id = "deviceOnline", tag = "devices",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = DeviceOnline),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn online(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<DeviceOnline>, ApiFailure> {
    let id = params.device_id;
    let found = core.store.device(caller.reach(), id).await?;
    let found = found.ok_or_else(|| not_found(id))?;
    Ok(Json(DeviceOnline {
        connected: found.device.state == DeviceState::Online,
    }))
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use serde_json::json;

    use crate::testing::Site;

    #[tokio::test]
    async fn online_is_what_the_state_says() {
        let site = Site::demo().await;
        let customer = site.sign_in(Role::User).await;
        // Nothing is connected in a demo that nobody connects to.
        site.execute(
            "UPDATE devices SET first_connect_time = 1, connect_time = 2, disconnect_time = NULL WHERE id = 1",
        )
        .await;
        // Online, offline, never connected.
        for (id, connected) in [(1, true), (2, false), (3, false)] {
            let path = format!("/device/online?deviceId={id}");
            let answer = customer.get(&path).await;
            assert_eq!(answer.status, 200, "{id}");
            assert_eq!(answer.json(), json!({ "connected": connected }), "{id}");
        }
    }
}
