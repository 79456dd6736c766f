//! `GET /api/info` (ours): what this cloud is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ConsoleInfo, SignIn, VERSION};

use super::error::ApiFailure;
use crate::service::{Core, settings};

/// What this cloud is; open to all.
#[utoipa::path(
    get, path = "/api/info", operation_id = "info", tag = "cloud",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    responses((status = 200, body = ConsoleInfo, example = json!({
        "name": "handover", "version": "0.1.0", "demo": false, "demoUsers": [], "mailbox": true, "faults": false,
        "needsSetup": false, "signUp": false
    })))
)]
pub async fn info(State(core): State<Arc<Core>>) -> Result<Json<ConsoleInfo>, ApiFailure> {
    let users = core.demo.iter().flat_map(|demo| &demo.users);
    Ok(Json(ConsoleInfo {
        name: "handover".to_owned(),
        version: VERSION.to_owned(),
        demo: core.demo.is_some(),
        demo_users: users
            .map(|user| SignIn {
                email: user.email.clone(),
                password: user.password.clone(),
            })
            .collect(),
        faults: core.faults.is_some(),
        mailbox: core.post.smtp.is_none(),
        needs_setup: !core.store.has_orgs().await?,
        sign_up: settings::get(&core).await?.sign_up,
    }))
}
