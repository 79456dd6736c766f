//! `GET /api/demo/label` (ours): a label to try.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, DemoLabel};

use super::error::ApiFailure;
use crate::demo;
use crate::service::Core;

/// A label that nobody has claimed; another one each time. There are some as long as there is a demo.
#[utoipa::path(
    get, path = "/api/demo/label", operation_id = "demoLabel", tag = "cloud",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    responses(
        (status = 200, body = DemoLabel),
        (status = 404, body = ApiError, description = "This cloud was started without --demo"),
    )
)]
pub async fn demo_label(State(core): State<Arc<Core>>) -> Result<Json<DemoLabel>, ApiFailure> {
    let label = demo::next_label(&core).await?;
    label
        .map(Json)
        .ok_or_else(|| ApiFailure::not_found("This cloud was started without --demo."))
}
