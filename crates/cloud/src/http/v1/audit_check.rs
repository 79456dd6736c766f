//! `GET /audit/check` (ours): whether the audit is as it was sealed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, AuditCheck};
use serde::Deserialize;

use crate::domain::Link;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Params;
use crate::service::{Core, audit};

/// What was noted of it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Noted {
    /// The `mark` of an earlier answer: it is looked for in the chain, too.
    #[serde(default)]
    mark: Option<String>,
}

/// Looks at the audit's whole chain, of all organizations, from the first entry to its end.
#[utoipa::path(
    get, path = "/audit/check", operation_id = "checkAudit", tag = "audit",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    params(Noted),
    responses(
        (status = 200, body = AuditCheck),
        (status = 400, body = ApiError, description = "`mark` is none"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
    )
)]
pub async fn check(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
    Params(noted): Params<Noted>,
) -> Result<Json<AuditCheck>, ApiFailure> {
    caller.at_the_top(&core).await?;
    let noted = match noted.mark.as_deref() {
        None => None,
        Some(mark) => Some(Link::of_mark(mark).ok_or_else(|| {
            ApiFailure::invalid(
                "mark",
                "A mark is a number, a colon and 64 hexadecimal digits.",
            )
        })?),
    };
    Ok(Json(audit::check(&core.store, &core.keys, noted).await?))
}
