//! `/external/api/gateway/...` (ours): what a gateway asks for itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use handover_wire::{DeviceApiError, JoinAnswer, TunnelledNodes};

use super::{DeviceFailure, GatewayAsking};
use crate::service::Core;
use crate::service::living;

/// The nodes of a gateway, each with its auth token, which the gateway speaks for it with. What could be undone of a node no
/// longer can be once its token was given away like this.
#[utoipa::path(
    get, path = "/external/api/gateway/nodes", operation_id = "gatewayNodes", tag = "device API",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    params(("X-Gateway-Token" = String, Header, description = "The gateway's auth token")),
    responses(
        (status = 200, body = TunnelledNodes),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn nodes(
    State(core): State<Arc<Core>>,
    asking: GatewayAsking,
) -> Result<Json<TunnelledNodes>, DeviceFailure> {
    let nodes = living::nodes(&core, asking.gateway).await?;
    Ok(Json(TunnelledNodes { nodes }))
}

/// A node asks a gateway to speak for it, while the gateway's join window is open. It waits for a word of whoever has the
/// gateway; asking again tells how that went on. Which gateway or node there is, nobody learns without both tokens.
#[utoipa::path(
    post, path = "/external/api/gateway/join", operation_id = "gatewayJoin", tag = "device API",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    params(
        ("X-Gateway-Token" = String, Header, description = "The gateway's auth token"),
        ("X-Node-Token" = String, Header, description = "The auth token of the node that asks"),
    ),
    responses(
        (status = 200, body = JoinAnswer),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn join(
    State(core): State<Arc<Core>>,
    asking: GatewayAsking,
    headers: HeaderMap,
) -> Result<Json<JoinAnswer>, DeviceFailure> {
    let token = headers
        .get(NODE_TOKEN)
        .and_then(|token| token.to_str().ok());
    let token = token.unwrap_or_default();
    let state = living::join(&core, asking.origin, asking.gateway, token).await?;
    Ok(Json(JoinAnswer { state }))
}

/// The header with the token of a node that asks.
const NODE_TOKEN: &str = "x-node-token";
