//! `GET /sessions` and `DELETE /sessions` (ours): where the caller is signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, SessionInfo};
use serde::Deserialize;

use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::{Core, sessions};

/// Where the caller is signed in, the last used first.
#[utoipa::path(
    get, path = "/sessions", operation_id = "sessions", tag = "sign-in",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    responses(
        (status = 200, body = Vec<SessionInfo>),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "A machine's credentials have no profile"),
    )
)]
pub async fn sessions(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
) -> Result<Json<Vec<SessionInfo>>, ApiFailure> {
    let mut found = core.store.sessions_of(caller.person()?, core.now()).await?;
    for session in &mut found {
        session.current = session.id == caller.session;
    }
    Ok(Json(found))
}

/// Which session.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WhichSession {
    /// Its number; all but the one that asks where absent.
    #[serde(default)]
    session_id: Option<i64>,
}

/// Ends one of the caller's sessions, or all but the one that asks.
#[utoipa::path(
    delete, path = "/sessions", operation_id = "endSessions", tag = "sign-in",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(WhichSession),
    responses(
        (status = 204, description = "Ended"),
        (status = 400, body = ApiError, description = "Not a number"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "The caller has no such session"),
    )
)]
pub async fn end(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(which): Params<WhichSession>,
) -> Result<StatusCode, ApiFailure> {
    let user = caller.person()?;
    if sessions::end(&core, user, caller.session, which.session_id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiFailure::not_found("There is no such session."))
    }
}
