//! `POST /oauth-clients` (ours): credentials for a machine.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, CreateMachine, NewMachine};

use crate::domain::PersonName;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, clients};

/// Makes credentials for `client_credentials`. The machine does what support does, in the caller's organization and
/// below.
#[utoipa::path(
    post, path = "/oauth-clients", operation_id = "createOauthClient", tag = "sign-in",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_machines"))),
    request_body(content = CreateMachine, example = json!({"name": "Order system"})),
    responses(
        (status = 201, body = NewMachine),
        (status = 400, body = ApiError, description = "Not a name"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
    )
)]
pub async fn create_client(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageMachines>,
    Body(request): Body<CreateMachine>,
) -> Result<(StatusCode, Json<NewMachine>), ApiFailure> {
    let name = PersonName::parse(&request.name)?;
    let (client_id, client_secret) =
        clients::create(&core, &caller.actor, caller.org, name.as_str()).await?;
    let made = NewMachine {
        client_id,
        client_secret,
    };
    Ok((StatusCode::CREATED, Json(made)))
}
