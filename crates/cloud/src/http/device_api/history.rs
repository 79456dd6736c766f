//! `GET /external/api/data/get`: what datastreams held over time, as JSON or as a table.

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use handover_wire::{Datastream, DeviceApiError, DeviceId};
use serde_json::{Value as Json_, json};
use tokio::sync::Semaphore;
use url::form_urlencoded;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::reading::{held, known};
use super::{Asking, DeviceFailure};
use crate::domain::{Wanted, harmless, table_rows};
use crate::http::error::ApiFailure;
use crate::service::Core;
use crate::service::living;

/// The published sentence.
const INCORRECT: &str = "Request with incorrect parameters";

/// So many are put together at a time: each takes some megabytes, and whoever has a token may ask for as many as there are seats.
const AT_ONCE: usize = 2;
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// A datastream with its points.
struct Series {
    of: Datastream,
    points: Vec<(i64, f64)>,
}

/// What the device's datastreams held: of one where a pin is named, otherwise of all that hold numbers. A point is a minute of
/// the last two days, an hour before that, or a day.
///
/// `output=FILE`, which is the default, gives a link to a zip with a table for each datastream; the link is good as long as the
/// token is. `JSON`, and (ours) `CSV` and `ZIP`, give it at once.
#[utoipa::path(
    get, path = "/external/api/data/get", operation_id = "deviceHistoryExport", tag = "device API",
    extensions(("x-handover" = json!("published; `output=CSV` and `ZIP` are ours"))),
    security(()),
    params(
        ("token" = String, Query, description = "The device's auth token"),
        ("period" = Option<String>, Query, description = "`HOUR`, `DAY`, `WEEK`, `MONTH` (the default) or `THREE_MONTHS`"),
        ("granularityType" = Option<String>, Query, description = "`RAW_DATA` (the default) and `MINUTE`, as fine as it is kept and not for three months; `HOURLY`; `DAILY`"),
        ("sourceType" = Option<String>, Query, description = "`AVG` (the default), `MIN`, `MAX`, `SUM` or `COUNT`"),
        ("tzName" = Option<String>, Query, description = "The time zone of days and written times, as `Europe/Berlin`; `UTC` where absent"),
        ("format" = Option<String>, Query, description = "How times are written: `TS` (the default, seconds), `ISO_US` or `ISO_SIMPLE`"),
        ("sendEvents" = Option<bool>, Query, description = "Whether events come with it"),
        ("output" = Option<String>, Query, description = "`FILE` (the default), `JSON`, `CSV` or `ZIP`"),
        ("pin" = Option<String>, Query, description = "Of this pin alone, as `V1`"),
        ("dataStreamId" = Option<i64>, Query, description = "In place of that, the datastream's number"),
    ),
    responses(
        (status = 200, body = Object, example = json!({"data": [{"data_stream_name": "Moisture", "ts": 1618280847, "value": 23.5}]})),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Request with incorrect parameters"}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn get(State(core): State<Arc<Core>>, asking: Asking) -> Result<Response, DeviceFailure> {
    let wanted = Wanted::parse(|name| asking.one(name));
    let wanted = wanted.ok_or_else(|| DeviceFailure::of(INCORRECT))?;
    let output = asking.one("output").unwrap_or("FILE").to_ascii_uppercase();
    if !["FILE", "JSON", "CSV", "ZIP"].contains(&output.as_str()) {
        return Err(DeviceFailure::of(INCORRECT));
    }
    let _turn = TURNS.acquire().await;
    let all = series(&core, &asking, &wanted).await?;
    if all.iter().all(|one| one.points.is_empty()) {
        return Err(DeviceFailure::of("No data"));
    }
    let with_events = asking.one("sendEvents") == Some("true");
    let events = match with_events && output != "FILE" {
        true => living::events(&core, asking.device).await?,
        false => Vec::new(),
    };
    let events: Vec<[String; 3]> = events
        .into_iter()
        .map(|one| {
            let words = one.description.unwrap_or_default();
            [
                wanted.written(one.at),
                harmless(&one.name),
                harmless(&words),
            ]
        })
        .collect();
    match output.as_str() {
        "FILE" => link(&core, &asking),
        "JSON" => Ok(json(&wanted, &all, with_events.then_some(&events))),
        output => {
            let is_csv = output == "CSV";
            let device = asking.device;
            let packed = tokio::task::spawn_blocking(move || match is_csv {
                true => table(&wanted, &all).map(csv),
                false => zip(device, &wanted, &all, &events),
            });
            packed
                .await
                .unwrap_or_else(|_| Err(DeviceFailure::Broken(ApiFailure::internal())))
        }
    }
}

async fn series(
    core: &Core,
    asking: &Asking,
    wanted: &Wanted,
) -> Result<Vec<Series>, DeviceFailure> {
    let held = held(core, asking).await?;
    let named = asking.which()?;
    let named = named.map(|which| known(&held, &which)).transpose()?;
    let mut all = Vec::new();
    for of in &held.parts.datastreams {
        if named.is_some_and(|pin| pin != of.pin) {
            continue;
        }
        let mut rows = Vec::new();
        for (step, times) in wanted.rows(core.now()) {
            rows.extend(living::kept(core, asking.device, (of.pin, step), times).await?);
        }
        let points = wanted.points(rows);
        if !points.is_empty() {
            let of = of.clone();
            all.push(Series { of, points });
        }
    }
    Ok(all)
}

/// The same request for a zip: nothing is kept in between, so the link is good as long as its token is.
fn link(core: &Core, asking: &Asking) -> Result<Response, DeviceFailure> {
    let base = core.address.get().map(url::Url::as_str).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("token", asking.token.expose());
    let others = asking.pairs.iter().filter(|(name, _)| name != "output");
    query.extend_pairs(others).append_pair("output", "ZIP");
    let link = format!("{base}external/api/data/get?{}", query.finish());
    Ok(Json(json!({ "link": link })).into_response())
}

fn json(wanted: &Wanted, all: &[Series], events: Option<&Vec<[String; 3]>>) -> Response {
    let time = |at: i64| {
        let written = wanted.written(at);
        // Seconds are a number, what is written for people is a text.
        written
            .parse::<i64>()
            .map_or(Json_::from(written), Json_::from)
    };
    let data = all.iter().flat_map(|one| {
        let points = one.points.iter();
        points.map(move |&(at, value)| (one, at, value))
    });
    let data: Vec<Json_> = data
        .map(|(one, at, value)| {
            json!({ "data_stream_name": one.of.name, "pin": format!("v{}", one.of.pin), "ts": time(at), "value": value })
        })
        .collect();
    let mut answer = json!({ "data": data });
    if let Some(events) = events {
        let events = events.iter();
        let told =
            events.map(|[at, name, words]| json!({ "ts": at, "name": name, "description": words }));
        answer["events"] = told.collect();
    }
    Json(answer).into_response()
}

/// A column for the times, and one for what each datastream held then; of several, a row for each of their points.
fn table(wanted: &Wanted, all: &[Series]) -> Result<Vec<u8>, DeviceFailure> {
    let rows = match all {
        [one] => {
            let first = vec!["Time".to_owned(), harmless(&one.of.name)];
            let points = one.points.iter();
            let points = points.map(|&(at, value)| vec![wanted.written(at), value.to_string()]);
            std::iter::once(first).chain(points).collect()
        }
        _ => {
            let mut rows = vec![["Time", "Datastream", "Value"].map(str::to_owned).to_vec()];
            for one in all {
                let points = one.points.iter().map(|&(at, value)| {
                    let (name, time) = (harmless(&one.of.name), wanted.written(at));
                    vec![time, name, value.to_string()]
                });
                rows.extend(points);
            }
            rows
        }
    };
    table_rows(rows).map_err(|_| DeviceFailure::Broken(ApiFailure::internal()))
}

fn csv(table: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table).into_response()
}

/// A table for each datastream, and one for the events.
fn zip(
    device: DeviceId,
    wanted: &Wanted,
    all: &[Series],
    events: &[[String; 3]],
) -> Result<Response, DeviceFailure> {
    let broken = |_| DeviceFailure::Broken(ApiFailure::internal());
    let mut files = Vec::new();
    for one in all {
        let name = format!("device_{}_v{}_data.csv", device, one.of.pin);
        files.push((name, table(wanted, std::slice::from_ref(one))?));
    }
    if !events.is_empty() {
        let first = ["Time", "Event", "Description"].map(str::to_owned);
        let rows = std::iter::once(first).chain(events.iter().cloned());
        let rows = table_rows(rows).map_err(|_| DeviceFailure::Broken(ApiFailure::internal()))?;
        files.push((format!("device_{}_events.csv", device), rows));
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, SimpleFileOptions::default())
            .map_err(broken)?;
        zip.write_all(&text).map_err(|error| broken(error.into()))?;
    }
    let packed = zip.finish().map_err(broken)?.into_inner();
    let name = format!("attachment; filename=\"device_data_{}.zip\"", device);
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, packed).into_response())
}
