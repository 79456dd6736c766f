//! `GET /external/api/get` and `/getAll`: what datastreams hold.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use handover_wire::DeviceApiError;
use serde_json::{Map, Value as Json_};

use super::{Asking, DeviceFailure, pin};
use crate::domain::Value;
use crate::service::Core;
use crate::service::living::{self, Held, Unsaid, Which};
use crate::store::ToTell;

/// The pin of a datastream that there is.
pub(super) fn known(held: &Held, which: &Which) -> Result<u8, DeviceFailure> {
    let found = which.find(&held.parts).map(|one| one.pin);
    found.ok_or_else(|| match which {
        Which::Pin(_) => Unsaid::NoDatastream.into(),
        Which::Id(_) | Which::Name(_) => {
            Unsaid::NoSuchDatastream(held.template_name.clone()).into()
        }
    })
}

pub(super) async fn held(core: &Core, asking: &Asking) -> Result<Held, DeviceFailure> {
    let held = living::held(core, asking.device).await?;
    held.ok_or_else(|| DeviceFailure::of("Invalid token."))
}

/// A device that asks has what it was answered: that waits for it no more. Where this cannot be written down it shows as
/// waiting until the device asks again.
async fn was_answered(core: &Core, asking: &Asking, waited: &[ToTell], pins: &[u8]) {
    let whose = (asking.device, asking.via);
    if let Err(error) = living::was_answered(core, whose, waited, pins).await {
        tracing::warn!(%error, device = %asking.device, "that a device has what it asked for is not known");
    }
}

fn object(held: &Held, pins: impl Iterator<Item = u8>) -> Response {
    let named = pins.map(|pin| {
        let value = held.value(pin);
        let value = value.map_or(Json_::Null, |value| value.as_it_stands());
        (format!("v{pin}"), value)
    });
    Json(named.collect::<Map<_, _>>()).into_response()
}

/// What a datastream holds, bare; of several, an object.
#[utoipa::path(
    get, path = "/external/api/get", operation_id = "deviceGet", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("v1" = Option<String>, Query, description = "The pin, without a value; several for several"),
        ("pin" = Option<String>, Query, description = "In place of that, as in `V1`"),
        ("dataStreamId" = Option<i64>, Query, description = "In place of that, the datastream's number"),
    ),
    responses(
        (status = 200, body = String, content_type = "text/plain", example = json!("23.5")),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn get(State(core): State<Arc<Core>>, asking: Asking) -> Result<Response, DeviceFailure> {
    // Before what is held is: whatever is set in between is not taken for answered.
    let waited = living::pending(&core, asking.device).await?;
    let held = held(&core, &asking).await?;
    let named = match asking.which()? {
        Some(which) => vec![which],
        None => {
            let all = asking.pairs.iter().map(|(name, _)| pin(name));
            all.collect::<Result<_, _>>()?
        }
    };
    let pins: Vec<u8> = named
        .iter()
        .map(|which| known(&held, which))
        .collect::<Result<_, _>>()?;
    was_answered(&core, &asking, &waited, &pins).await;
    match pins.as_slice() {
        [] => Err(DeviceFailure::of("Wrong pin format.")),
        [pin] => {
            let value = held.value(*pin);
            let fields = value.as_ref().map(Value::fields).unwrap_or_default();
            Ok(fields.join(",").into_response())
        }
        _ => Ok(object(&held, pins.into_iter())),
    }
}

/// What all datastreams hold.
#[utoipa::path(
    get, path = "/external/api/getAll", operation_id = "deviceGetAll", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(("token" = String, Query, description = "The device's auth token")),
    responses(
        (status = 200, body = Object, example = json!({"v0": 1, "v1": 23.5})),
        (status = 400, body = DeviceApiError),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn get_all(
    State(core): State<Arc<Core>>,
    asking: Asking,
) -> Result<Response, DeviceFailure> {
    let waited = living::pending(&core, asking.device).await?;
    let held = held(&core, &asking).await?;
    let pins: Vec<u8> = held.parts.datastreams.iter().map(|one| one.pin).collect();
    was_answered(&core, &asking, &waited, &pins).await;
    let there = pins.into_iter().filter(|pin| held.value(*pin).is_some());
    Ok(object(&held, there))
}
