//! `/external/api/gateway/...` (ours): what a gateway asks for itself.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use handover_air::{Address, Derivation};
use handover_wire::{
    DeviceApiError, JoinAnswer, JoinWindowAnswer, MeshOrders, MeshReport, MeshResults,
    MeshStranger, MeshStrangers, TunnelledNodes,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{DeviceFailure, GatewayAsking, Sent, report};
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
    let state = living::join(&core, asking.gateway, token).await?;
    Ok(Json(JoinAnswer { state }))
}

/// The header with the token of a node that asks.
const NODE_TOKEN: &str = "x-node-token";

/// What a gateway waits for at the most.
const MOST_SECONDS: u64 = 25;
/// Things of one report at the most.
const MOST_ITEMS: usize = 64;

/// What a gateway of a mesh heard and did, at the most 64 things in their order: messages of its nodes, what became of messages to
/// them, and nodes whose store was lost. Each is answered, and all that is kept is durable by then. Of all messages with the
/// same device, life and sequence one is kept, so whatever was not answered is told again. One that is no report is answered
/// with the place in it: `items[3].signal`.
#[utoipa::path(
    post, path = "/external/api/gateway/mesh", operation_id = "gatewayMesh", tag = "device API",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    params(("X-Gateway-Token" = String, Header, description = "The gateway's auth token")),
    request_body(content = MeshReport, example = json!({"items": [
        {"kind": "message", "deviceId": 7, "derivation": 2, "life": 123, "sequence": "45", "path": [{"relay": "ab12", "signal": -71}],
            "signal": -80, "heardAt": 1_730_000_000_000_i64, "values": {"V1": 23.5}, "events": [{"code": "hot", "description": "40 degrees"}]},
        {"kind": "outcome", "deviceId": 7, "command": "12", "outcome": "acknowledged"},
        {"kind": "reinstalled", "deviceId": 7, "life": 5}]})),
    responses(
        (status = 200, body = MeshResults),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 413, body = DeviceApiError, description = "More than 2 MiB"),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
        (status = 500, description = "It may not be kept: all of it is told again"),
    )
)]
pub async fn mesh(
    State(core): State<Arc<Core>>,
    asking: GatewayAsking,
    Sent(body): Sent,
) -> Result<Json<MeshResults>, DeviceFailure> {
    let report = report::read(&body).map_err(DeviceFailure::Message)?;
    if report.items.len() > MOST_ITEMS {
        return Err(DeviceFailure::of(
            "Too much data in a report. Maximum size is 64 items.",
        ));
    }
    let results = living::report(&core, asking.gateway, report.items).await?;
    Ok(Json(MeshResults { results }))
}

/// What a gateway of a mesh waits for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrdersParams {
    /// The revision of the list of nodes that it knows.
    nodes: String,
    /// What stands for the messages that it knows.
    after: String,
    /// For how many seconds it waits at the most, 25.
    wait: u64,
}

/// What a gateway of a mesh is to do: messages to its nodes, each until it told what became of it, and whether the list of its
/// nodes is another one. It is answered at once where that is not what it knows, and otherwise once it is, or after `wait`
/// seconds.
#[utoipa::path(
    get, path = "/external/api/gateway/orders", operation_id = "gatewayOrders", tag = "device API",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    params(
        ("X-Gateway-Token" = String, Header, description = "The gateway's auth token"),
        OrdersParams,
    ),
    responses(
        (status = 200, body = MeshOrders, example = json!({"nodes": "3f1c0a9b77d20e44", "after": "b05d7c1e2f3a4968",
            "joining": false,
            "sends": [{"deviceId": 7, "command": "12", "values": {"V1": 1}}]})),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn orders(
    State(core): State<Arc<Core>>,
    asking: GatewayAsking,
    params: Result<Query<OrdersParams>, QueryRejection>,
) -> Result<Json<MeshOrders>, DeviceFailure> {
    let Ok(Query(params)) = params else {
        return Err(DeviceFailure::of(
            "Wrong query: wait is a number of seconds.",
        ));
    };
    let known = (params.nodes.as_str(), params.after.as_str());
    let wait = Duration::from_secs(params.wait.min(MOST_SECONDS));
    Ok(Json(
        living::orders(&core, asking.gateway, known, wait).await?,
    ))
}

/// Strangers of one request at the most.
const MOST_STRANGERS: usize = 16;

/// Whom a gateway of a mesh heard that is no node of it, by the addresses and derivations of their frames. While its join window is
/// open, those that are devices of its organization or below which are reached by mesh and have no gateway ask to join with that, and wait
/// for a word of whoever has the gateway. Which those are the gateway is not told. Looked for 6 times at once, and then every 5 seconds.
#[utoipa::path(
    post, path = "/external/api/gateway/strangers", operation_id = "gatewayStrangers", tag = "device API",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    params(("X-Gateway-Token" = String, Header, description = "The gateway's auth token")),
    request_body(content = MeshStrangers, example = json!({"heard": [{"address": "f90c2d8d8cf78f6f", "derivation": 0}]})),
    responses(
        (status = 200, body = JoinWindowAnswer, example = json!({"until": 1_800_000_300_000_i64})),
        (status = 400, body = DeviceApiError, example = json!({"error": {"message": "Invalid token."}})),
        (status = 413, body = DeviceApiError, description = "More than 2 MiB"),
        (status = 429, body = DeviceApiError, description = "Too many wrong tokens from there"),
    )
)]
pub async fn strangers(
    State(core): State<Arc<Core>>,
    asking: GatewayAsking,
    Sent(body): Sent,
) -> Result<Json<JoinWindowAnswer>, DeviceFailure> {
    let told: MeshStrangers = serde_json::from_slice(&body)
        .map_err(|error| DeviceFailure::Message(format!("Wrong list of strangers: {error}.")))?;
    if told.heard.len() > MOST_STRANGERS {
        return Err(DeviceFailure::of(
            "Too many strangers. Maximum size is 16 addresses.",
        ));
    }
    let heard: Option<_> = told.heard.iter().map(address).collect();
    let heard = heard
        .ok_or_else(|| DeviceFailure::of("Wrong address of a stranger: 16 hex digits are one."))?;
    let until = living::heard(&core, asking.gateway, &heard).await?;
    Ok(Json(JoinWindowAnswer {
        until: until.map(|at| at.0),
    }))
}

/// A stranger's address; none where it is none.
fn address(stranger: &MeshStranger) -> Option<(Derivation, Address)> {
    let text = stranger.address.as_str();
    let is_one = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u64::from_str_radix(text, 16).ok().filter(|_| is_one)?;
    let address = Address(number.to_be_bytes());
    Some((Derivation(stranger.derivation), address))
}
