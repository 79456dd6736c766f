//! `GET /mail/waiting` (ours): whether the cloud's mails arrive.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, WaitingMail};

use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::service::Core;

/// How long a mail that was given up is told of.
const TOLD_SECONDS: i64 = 7 * 24 * 3_600;

/// The mails that the mail server has not taken, counted, and why: never what they say. Those that were given up are named,
/// with whom they were for. Without a mail server there are none.
#[utoipa::path(
    get, path = "/mail/waiting", operation_id = "waitingMail", tag = "cloud",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_cloud"))),
    responses(
        (status = 200, body = WaitingMail),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators of the topmost organization"),
    )
)]
pub async fn get(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageCloud>,
) -> Result<Json<WaitingMail>, ApiFailure> {
    caller.at_the_top(&core).await?;
    let since = core.now().plus_seconds(-TOLD_SECONDS);
    Ok(Json(core.waiting_mail(caller.reach(), since).await?))
}
