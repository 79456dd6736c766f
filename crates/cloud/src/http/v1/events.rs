//! `GET /events` (ours): what open pages are told.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use futures_util::StreamExt as _;
use handover_wire::{ApiError, Changes, ErrorCode};
use serde::Deserialize;

use crate::domain::Acting;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::Core;
use crate::service::live::{self, Busy};

/// The longest that a listener is told without showing their access token again, in seconds.
const LONGEST: u64 = 300;
/// How often a quiet stream shows that it is alive, so that nothing on the way takes it for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// For how long to listen.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct For {
    /// Seconds until the stream ends, 0 to 300; whoever wants to hear more asks again then.
    #[param(example = "0", maximum = 300)]
    seconds: u64,
}

impl From<Busy> for ApiFailure {
    fn from(_: Busy) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Unavailable,
            "Too many pages listen. Ask again in a while.",
        )
    }
}

/// Tells what changes within the caller's reach, as server-sent events.
///
/// Each event `changed` names the topics to ask for anew, and says nothing else of what happened. The first one names all:
/// from there on nothing is missed. About two seconds pass between a change and its event, whichever process of this
/// cloud made it.
#[utoipa::path(
    get, path = "/events", operation_id = "events", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(For),
    responses(
        (status = 200, body = Changes, content_type = "text/event-stream", description = "The data of each event"),
        (status = 400, body = ApiError, description = "Not 0 to 300 seconds"),
        (status = 401, body = ApiError),
        (status = 503, body = ApiError, description = "Too many pages listen"),
    )
)]
pub async fn events(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(lasting): Params<For>,
) -> Result<Response, ApiFailure> {
    if lasting.seconds > LONGEST {
        return Err(ApiFailure::invalid("seconds", "seconds must be 0 to 300."));
    }
    let lasting = Duration::from_secs(lasting.seconds);
    let changes = live::listen(core, Acting::clone(&caller), lasting)?;
    Ok(Sse::new(changes.map(event))
        .keep_alive(KeepAlive::new().interval(ALIVE))
        .into_response())
}

fn event(changes: Changes) -> Result<Event, Infallible> {
    let event = Event::default().event("changed").json_data(changes);
    Ok(event.expect("names of topics serialize, without line breaks"))
}

#[cfg(test)]
mod tests;
