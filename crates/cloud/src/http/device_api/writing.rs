//! `/external/api/update` and `/external/api/batch/update`: devices write values.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use handover_wire::DeviceApiError;

use super::{Asking, DeviceFailure, Sent, pin};
use crate::domain::in_words;
use crate::service::Core;
use crate::service::living::{Said, Which};

/// Points of one batch at the most, as published.
const MOST_POINTS: usize = 10_000;

/// The values that a query has for pins: those of the same one together.
fn by_pin(asking: &Asking) -> Result<Vec<(Which, Vec<String>)>, DeviceFailure> {
    let mut values: Vec<(Which, Vec<String>)> = Vec::new();
    for (name, value) in &asking.pairs {
        let which = pin(name)?;
        match values.iter_mut().find(|(known, _)| *known == which) {
            Some((_, all)) => all.push(value.clone()),
            None => values.push((which, vec![value.clone()])),
        }
    }
    if values.is_empty() {
        return Err(DeviceFailure::of("Wrong pin format."));
    }
    Ok(values)
}

/// A datastream holds something.
#[utoipa::path(
    get, path = "/external/api/update", operation_id = "deviceUpdate", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("v1" = Option<String>, Query, description = "The pin and its value"),
        ("pin" = Option<String>, Query, description = "In place of that, with `value`"),
        ("dataStreamId" = Option<i64>, Query, description = "In place of that, with `value`"),
        ("value" = Option<String>, Query, description = "The value; a place has two"),
    ),
    responses(
        (status = 200, description = "It is durable"),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Value doesn't match the Datastream data type."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn update(State(core): State<Arc<Core>>, asking: Asking) -> Result<(), DeviceFailure> {
    let values = match asking.which()? {
        Some(which) => vec![(which, asking.all("value"))],
        None => by_pin(&asking)?,
    };
    asking.say(&core, Said::Values(values)).await
}

/// Several datastreams hold something: all of it or none.
#[utoipa::path(
    get, path = "/external/api/batch/update", operation_id = "deviceBatch", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("v1" = Option<String>, Query, description = "A pin and its value; one for each"),
    ),
    responses(
        (status = 200, body = String, content_type = "text/plain", example = json!("OK")),
        (status = 400, body = DeviceApiError),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn batch(
    State(core): State<Arc<Core>>,
    asking: Asking,
) -> Result<&'static str, DeviceFailure> {
    let values = by_pin(&asking)?;
    asking.say(&core, Said::Values(values)).await?;
    Ok("OK")
}

/// What a datastream held: `[[milliseconds, value], ...]`, 10,000 at most, a month old at most. What a device measured
/// before its present owner had it is left out (ours).
#[utoipa::path(
    post, path = "/external/api/batch/update", operation_id = "devicePoints", tag = "device API",
    extensions(("x-handover" = json!("published"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("pin" = Option<String>, Query, description = "The pin, as in `v1`"),
        ("dataStreamId" = Option<i64>, Query, description = "In place of that"),
    ),
    request_body(content = Vec<Object>, content_type = "application/json", example = json!([[1_753_778_251_000_i64, 23.5]])),
    responses(
        (status = 200, description = "They are durable"),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Too much data in batch. Maximum batch size is 10000 points."}})),
        (status = 413, body = DeviceApiError, description = "More than 2 MiB"),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn points(
    State(core): State<Arc<Core>>,
    asking: Asking,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<(), DeviceFailure> {
    let which = asking.which()?;
    let which = which.ok_or_else(|| DeviceFailure::of("Wrong pin format."))?;
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| {
            kind.split(';').next().unwrap_or_default().trim() == "application/json"
        });
    if !is_json {
        return Err(DeviceFailure::of("Unknown content type."));
    }
    let points: Vec<(i64, serde_json::Value)> = serde_json::from_slice(&body)
        .map_err(|_| DeviceFailure::of("Value doesn't match the Datastream data type."))?;
    if points.len() > MOST_POINTS {
        return Err(DeviceFailure::of(
            "Too much data in batch. Maximum batch size is 10000 points.",
        ));
    }
    let points = points.into_iter().map(|(at, value)| (at, in_words(value)));
    asking
        .say(&core, Said::Points(which, points.collect()))
        .await
}
