//! `/fleet` (ours): devices that there are not, in a cloud for tests.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use handover_simulate::Journal;
use handover_wire::{ApiError, ErrorCode, FleetNow, FleetTopology, StartFleet};
use serde::Deserialize;
use tokio::io::AsyncReadExt as _;

use super::import::Table;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body as Json_, Params};
use crate::service::Core;
use crate::service::fleets::{self, Assumed, FleetError, Fleets};

/// Bytes of a recording that are read at once.
const AT_ONCE: usize = 64 * 1_024;

/// How what was recorded is played.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct How {
    /// How many times faster everything happens.
    #[serde(default = "as_it_was")]
    speed: f64,
    /// Of a recording that does not say it itself, as those of old: how its devices reach the cloud.
    #[serde(default)]
    topology: FleetTopology,
    /// Of such a one: how many gateways it has. Of its numbers, the first so many are theirs.
    #[serde(default)]
    gateways: u32,
    /// Of such a one: where chance began, from which follows where a mesh's nodes are.
    #[serde(default)]
    seed: u32,
}

fn as_it_was() -> f64 {
    1.0
}

impl From<FleetError> for ApiFailure {
    fn from(error: FleetError) -> Self {
        let message = error.to_string();
        let status = |status, code| Self::new(status, code, &message);
        match error {
            FleetError::Field(error) => error.into(),
            FleetError::Misfit { .. } => Self::invalid("signals", &message),
            FleetError::Busy | FleetError::Nothing => {
                status(StatusCode::CONFLICT, ErrorCode::FleetNotReady)
            }
            FleetError::NoMqtt | FleetError::TooFewFiles { .. } => {
                status(StatusCode::CONFLICT, ErrorCode::FleetNotReady)
            }
            FleetError::NoTemplate => Self::not_found(&message),
            FleetError::Broken(broken) => broken.into(),
        }
    }
}

/// The fleet, for those who may: there is none in a cloud that was not started for tests.
async fn fleets<'a>(
    core: &'a Core,
    caller: &Caller<may::ManageCloud>,
) -> Result<&'a Fleets, ApiFailure> {
    caller.at_the_top(core).await?;
    core.fleets.as_ref().ok_or_else(|| {
        ApiFailure::not_found("There are no fleets: this cloud was started without --faults.")
    })
}

/// What the fleet of this cloud does, and how far it is.
#[utoipa::path(
    get, path = "/fleet", operation_id = "fleet", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 200, body = FleetNow),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<Json<FleetNow>, ApiFailure> {
    Ok(Json(fleets(&core, &caller).await?.now()))
}

/// Starts a fleet: its devices are made by hand in the caller's organization where there are too few of them, paired where
/// gateways speak for them, and play against this cloud over real sockets. One plays at a time. What it does is recorded; where the answer
/// says `isRecorded`, that takes the place of what is recorded now once the fleet has come to its end.
#[utoipa::path(
    post, path = "/fleet/start", operation_id = "startFleet", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    request_body(content = StartFleet, example = json!({
        "count": 2, "seconds": 60, "every": 10, "speed": 1, "signals": ["V1=moisture"], "failures": []
    })),
    responses(
        (status = 202, body = FleetNow),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`, or has no such template"),
        (status = 409, body = ApiError, description = "Something is under way, or the machine or the cloud cannot (`fleet_not_ready`)"),
    )
)]
pub async fn start(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
    Json_(wanted): Json_<StartFleet>,
) -> Result<(StatusCode, Json<FleetNow>), ApiFailure> {
    let fleets = fleets(&core, &caller).await?;
    let now = fleets::start(&core, fleets, &caller, wanted, None).await?;
    Ok((StatusCode::ACCEPTED, Json(now)))
}

/// Plays what was recorded: the file that is sent, or, with nothing in the body, what this cloud's fleet did last. Each device
/// says the same, in the same order and at the same times. How devices reach the cloud, how many gateways there are and where chance began
/// the recording says itself; parameters say it for those of old, which do not, and the answer has `isAssumed` then.
#[utoipa::path(
    post, path = "/fleet/play", operation_id = "playFleet", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    params(How),
    request_body(content = String, content_type = "text/plain", description = "What was recorded, one JSON object on a line"),
    responses(
        (status = 202, body = FleetNow),
        (status = 400, body = ApiError, description = "A parameter is not as it must be, or the file is no recording"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
        (status = 409, body = ApiError, description = "Something is under way, or nothing was recorded (`fleet_not_ready`)"),
        (status = 413, body = ApiError, description = "More than 32 MiB"),
    )
)]
pub async fn play(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
    Params(how): Params<How>,
    Table(recorded): Table,
) -> Result<(StatusCode, Json<FleetNow>), ApiFailure> {
    let fleets = fleets(&core, &caller).await?;
    if recorded.is_empty() {
        let now = fleets::again(&core, fleets, &caller, how.speed).await?;
        return Ok((StatusCode::ACCEPTED, Json(now)));
    }
    let journal = Journal::read(&*recorded);
    let journal = journal.map_err(|error| ApiFailure::invalid("body", &format!("{error}.")))?;
    let assumed = Assumed {
        topology: how.topology,
        gateways: how.gateways,
        seed: how.seed,
    };
    let how = (journal, assumed, how.speed);
    let now = fleets::replay(&core, fleets, &caller, how).await?;
    Ok((StatusCode::ACCEPTED, Json(now)))
}

/// Stops what is under way: the making of a fleet's devices, their play, or their deletion. What was done stays.
#[utoipa::path(
    post, path = "/fleet/stop", operation_id = "stopFleet", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 200, body = FleetNow),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
        (status = 409, body = ApiError, description = "Nothing is under way (`fleet_not_ready`)"),
    )
)]
pub async fn stop(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<Json<FleetNow>, ApiFailure> {
    let fleets = fleets(&core, &caller).await?;
    Ok(Json(fleets::stop(fleets)?))
}

/// Deletes the devices that were made for fleets, in the background. Those that somebody else has by now stay, and `left` says
/// how many they are.
#[utoipa::path(
    post, path = "/fleet/delete", operation_id = "deleteFleet", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 202, body = FleetNow),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
        (status = 409, body = ApiError, description = "Something is under way, or there are none (`fleet_not_ready`)"),
    )
)]
pub async fn delete(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<(StatusCode, Json<FleetNow>), ApiFailure> {
    let fleets = fleets(&core, &caller).await?;
    let now = fleets::delete(&core, fleets, &caller).await?;
    Ok((StatusCode::ACCEPTED, Json(now)))
}

/// What the fleet did last, as a file: with it `POST /fleet/play` and `handover simulate --replay` do the same again. No token
/// is in it.
#[utoipa::path(
    get, path = "/fleet/recorded", operation_id = "recordedFleet", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 200, content((String = "application/x-ndjson")), description = "One JSON object for each thing that a device did"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
        (status = 409, body = ApiError, description = "Nothing was recorded (`fleet_not_ready`)"),
    )
)]
pub async fn recorded(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<Response, ApiFailure> {
    let path = fleets(&core, &caller).await?.recording();
    let file = tokio::fs::File::open(path).await;
    let file = file.map_err(|_| FleetError::Nothing)?;
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; AT_ONCE];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        let next = (length > 0).then(|| (Bytes::from(piece), file));
        Ok::<_, std::io::Error>(next)
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"handover-fleet.jsonl\"",
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
