//! Events, properties and metadata of a device, what it is, and whether it is connected.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{DeviceApiError, DeviceState, HardwareInfo, MetaFieldValue};

use super::{Asking, DeviceFailure};
use crate::domain::values;
use crate::service::living::Said;
use crate::service::{Broken, Core};
use crate::store::DeviceRow;

async fn row(core: &Core, asking: &Asking) -> Result<DeviceRow, DeviceFailure> {
    // A device sees itself, wherever it is.
    let found = core.store.device_itself(asking.device).await;
    let found = found.map_err(Broken::from)?;
    found.ok_or_else(|| DeviceFailure::of("Invalid token."))
}

/// Whether the device is there: `true` or `false`.
#[utoipa::path(
    get, path = "/external/api/isHardwareConnected", operation_id = "deviceIsConnected", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(("token" = String, Query, description = "The device's auth token")),
    responses(
        (status = 200, body = bool, content_type = "application/json"),
        (status = 400, body = DeviceApiError),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn is_connected(
    State(core): State<Arc<Core>>,
    asking: Asking,
) -> Result<Json<bool>, DeviceFailure> {
    let found = row(&core, &asking).await?;
    Ok(Json(found.device.state == DeviceState::Online))
}

/// A device that was set up over the air says that it is there, of which template it is, and what it is.
#[utoipa::path(
    get, path = "/external/api/provision", operation_id = "deviceProvision", tag = "device API",
    extensions(("x-handover" = json!("published; the answer is ours"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("templateId" = String, Query, description = "The template that its firmware was built for"),
        ("ver" = Option<String>, Query, description = "Its firmware's version"),
        ("build" = Option<String>, Query, description = "When that was built"),
        ("fwType" = Option<String>, Query, description = "What kind of firmware that is"),
        ("blVer" = Option<String>, Query, description = "The version of its library"),
        ("boType" = Option<String>, Query, description = "Its board"),
    ),
    responses(
        (status = 200, description = "It is durable"),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Wrong templateId."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn provision(State(core): State<Arc<Core>>, asking: Asking) -> Result<(), DeviceFailure> {
    let found = row(&core, &asking).await?;
    let template = asking.one("templateId");
    if template != Some(found.device.template_id.0.as_str()) {
        return Err(DeviceFailure::of("Wrong templateId."));
    }
    let text = |name| {
        let text = asking.one(name)?;
        Some(text.chars().take(100).collect())
    };
    let hardware = HardwareInfo {
        version: text("ver"),
        fw_type: text("fwType"),
        blynk_version: text("blVer"),
        board_type: text("boType"),
        build: text("build"),
        template_id: text("templateId"),
    };
    asking.say(&core, Said::Hardware(hardware)).await
}

/// Something happened.
#[utoipa::path(
    get, path = "/external/api/logEvent", operation_id = "deviceLogEvent", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("code" = String, Query, description = "What the template calls it"),
        ("description" = Option<String>, Query, description = "What there is to say about it"),
    ),
    responses(
        (status = 200, description = "It is durable"),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Event code is not provided."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn log_event(State(core): State<Arc<Core>>, asking: Asking) -> Result<(), DeviceFailure> {
    let code = asking.one("code").filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| DeviceFailure::of("Event code is not provided."))?;
    let event = Said::Event {
        code: code.to_owned(),
        description: asking.one("description").map(str::to_owned),
    };
    asking.say(&core, event).await
}

/// How a datastream is shown: `label=Pump`, `color=%23D3435C`; a list has its property several times. One property at a time, of
/// those that there are, with a value that it can hold (ours): `color`, `label`, `labels`, `onLabel`, `offLabel`, `suffix`, `url`, `urls`,
/// `isDisabled` and `isHidden` (true or false), `min`, `max`, `step`, `rotation` and `scale` (numbers), `opacity` (0 to 100), `page`.
#[utoipa::path(
    get, path = "/external/api/update/property", operation_id = "deviceProperty", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("pin" = Option<String>, Query, description = "The pin, as in `v1`"),
        ("label" = Option<String>, Query, description = "The property and its value"),
    ),
    responses(
        (status = 200, description = "It is durable"),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Wrong property value: it is true or false."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn set_property(
    State(core): State<Arc<Core>>,
    asking: Asking,
) -> Result<(), DeviceFailure> {
    let which = asking.which()?;
    let which = which.ok_or_else(|| DeviceFailure::of("Wrong pin format."))?;
    let others = asking.pairs.iter().map(|(name, _)| name.as_str());
    let mut others = others.filter(|name| !["pin", "dataStreamId"].contains(name));
    let name = others.next();
    let name = name.ok_or_else(|| DeviceFailure::of("Wrong property."))?;
    if others.any(|other| other != name) {
        return Err(DeviceFailure::of("One property at a time."));
    }
    let property = Said::Property {
        which,
        name: name.to_owned(),
        value: asking.all(name).join(","),
    };
    asking.say(&core, property).await
}

/// Which metadata field: by its number, or by its name.
fn field(asking: &Asking) -> Result<(Option<i64>, Option<String>), DeviceFailure> {
    if let Some(name) = asking.one("metaFieldName") {
        return Ok((None, Some(name.to_owned())));
    }
    let id = asking.one("metaFieldId").and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| DeviceFailure::of("Wrong metaField format."))?;
    Ok((Some(id), None))
}

/// What a metadata field holds.
#[utoipa::path(
    get, path = "/external/api/device/meta", operation_id = "deviceMeta", tag = "device API",
    extensions(("x-handover" = json!("published; the shape is ours"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("metaFieldId" = Option<i64>, Query, description = "The field's number, as `GET /device` has it"),
        ("metaFieldName" = Option<String>, Query, description = "In place of that, its name"),
    ),
    responses(
        (status = 200, body = MetaFieldValue),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "MetaField doesn't exist."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn meta(
    State(core): State<Arc<Core>>,
    asking: Asking,
) -> Result<Json<MetaFieldValue>, DeviceFailure> {
    let (id, name) = field(&asking)?;
    let found = row(&core, &asking).await?;
    let fields = core.store.meta_fields(&found.device.template_id).await;
    let fields = fields.map_err(Broken::from)?;
    let mut all = values(&fields, &found.metadata).into_iter();
    let named = |field: &MetaFieldValue| name.as_ref().is_none_or(|name| *name == field.name);
    let field = all.find(|field| id.is_none_or(|id| id == field.id) && named(field));
    field
        .map(Json)
        .ok_or_else(|| DeviceFailure::of("MetaField doesn't exist."))
}

/// A metadata field of the template holds something else.
#[utoipa::path(
    get, path = "/external/api/device/meta/update", operation_id = "deviceSetMeta", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("metaFieldId" = Option<i64>, Query, description = "The field's number, as `GET /device` has it"),
        ("metaFieldName" = Option<String>, Query, description = "In place of that, its name"),
        ("value" = String, Query, description = "What it holds from now on"),
    ),
    responses(
        (status = 200, description = "It is durable"),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Wrong metaField format."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn set_meta(State(core): State<Arc<Core>>, asking: Asking) -> Result<(), DeviceFailure> {
    let (id, name) = field(&asking)?;
    let value = asking.one("value");
    let value = value.ok_or_else(|| DeviceFailure::of("Wrong metaField format."))?;
    let value = value.to_owned();
    let meta = Said::Meta { id, name, value };
    asking.say(&core, meta).await
}
