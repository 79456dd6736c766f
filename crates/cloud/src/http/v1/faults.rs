//! `GET /faults`, `PUT /faults`, `GET /faults/recorded` (ours): what goes wrong on demand, in a cloud for tests.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, Faults, FaultsNow};

use crate::domain::BadFaults;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::Core;
use crate::service::faults::Switchboard;

impl From<BadFaults> for ApiFailure {
    fn from(bad: BadFaults) -> Self {
        let failure = Self::invalid("rules", &format!("{bad}."));
        match bad.of_endpoint() {
            Some(problem) => failure.with("problem", problem),
            None => failure,
        }
    }
}

/// The switches, for those who may: there are none in a cloud that was not started with any.
async fn switchboard<'a>(
    core: &'a Core,
    caller: &Caller<may::ManageCloud>,
) -> Result<&'a Switchboard, ApiFailure> {
    caller.at_the_top(core).await?;
    core.faults.as_ref().ok_or_else(|| {
        ApiFailure::not_found(
            "Nothing goes wrong on demand: this cloud was started without --faults.",
        )
    })
}

/// What goes wrong at present, and how often it has.
#[utoipa::path(
    get, path = "/faults", operation_id = "faults", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 200, body = FaultsNow),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<Json<FaultsNow>, ApiFailure> {
    Ok(Json(switchboard(&core, &caller).await?.now()))
}

/// Lets this go wrong from now on, and nothing else: an empty list switches all off. Counts and chance begin anew.
#[utoipa::path(
    put, path = "/faults", operation_id = "switchFaults", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    request_body(content = Faults, example = json!({"seed": 1, "rules": []})),
    responses(
        (status = 200, body = FaultsNow),
        (status = 400, body = ApiError, description = "A rule says what cannot be; the message tells which"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
    )
)]
pub async fn switch(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
    Body(faults): Body<Faults>,
) -> Result<Json<FaultsNow>, ApiFailure> {
    let switchboard = switchboard(&core, &caller).await?;
    Ok(Json(switchboard.switch(faults)?))
}

/// What has gone wrong since it was switched last, to be played again: the calls of the same accounts fail as they did. Save
/// it as a file for `handover cloud --faults`, or send it to `PUT /faults`.
#[utoipa::path(
    get, path = "/faults/recorded", operation_id = "recordedFaults", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 200, body = Faults),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
        (status = 404, body = ApiError, description = "This cloud was started without `--faults`"),
    )
)]
pub async fn recorded(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<Json<Faults>, ApiFailure> {
    Ok(Json(switchboard(&core, &caller).await?.recording()))
}

#[cfg(test)]
mod tests;
