//! `/gateway/...` (ours): gateways, their nodes, and those that want to be.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{
    ApiError, DecideJoin, DevicePart, ErrorCode, JoinWindowAnswer, Mesh, OpenJoinWindow, PairNode,
    PairingProblem, ReplaceGateway, ReplacedGateway, UnpairNode,
};

use super::device::DeviceParams;
use crate::domain::NotPaired;
use crate::http::caller::{Caller, SignedIn};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::Core;
use crate::service::gateways::{self, GatewayError, Manner};

/// What a device is: a gateway, with its nodes and those that wait; a node, with its gateway; or neither.
#[utoipa::path(
    get, path = "/gateway", operation_id = "gateway", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = DevicePart),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn look(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<DevicePart>, ApiFailure> {
    Ok(Json(
        gateways::look(&core, &caller, params.device_id).await?,
    ))
}

/// A gateway's mesh as it was last heard: who is in it, who heard whom, and the way of each node's last message. Of a node its own
/// way alone, and of a device that is in no mesh nothing. Signals and relays are what relays say, and nobody proves it, but
/// for what the gateway itself heard.
#[utoipa::path(
    get, path = "/mesh", operation_id = "mesh", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    params(DeviceParams),
    responses(
        (status = 200, body = Mesh),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn mesh(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<Mesh>, ApiFailure> {
    Ok(Json(
        gateways::mesh(&core, &caller, params.device_id).await?,
    ))
}

/// Pairs a node with a gateway, which speaks for it from then on. Both are the caller's own, or in the hands of people that
/// the caller is support for; the node is in the gateway's organization or below. A label that nobody has claimed is
/// claimed first (`POST /static-tokens/claim`, whose answer has the node's number).
#[utoipa::path(
    post, path = "/gateway/pair", operation_id = "pairNode", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = PairNode, example = json!({"gatewayId": 1, "nodeId": 2})),
    responses(
        (status = 204, description = "They are paired, or were before"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns one of them"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "It is no gateway, or the two do not go together: `problem` says why",
            example = json!({"error": {"message": "The node has another gateway: move it.", "code": "not_pairable", "attributes": {"problem": "elsewhere"}}})),
    )
)]
pub async fn pair(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<PairNode>,
) -> Result<StatusCode, ApiFailure> {
    gateways::pair(&core, &caller, &request, Manner::Pair).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Moves a node from the gateway that it has to another one. What the gateway before knows of its keys on the air reads
/// nothing that comes after.
#[utoipa::path(
    post, path = "/gateway/move", operation_id = "moveNode", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = PairNode, example = json!({"gatewayId": 1, "nodeId": 2})),
    responses(
        (status = 204, description = "It is there, or was before"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns one of them"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "It is no gateway, or the two do not go together: `problem` says why"),
    )
)]
pub async fn go_to(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<PairNode>,
) -> Result<StatusCode, ApiFailure> {
    gateways::pair(&core, &caller, &request, Manner::Move).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A node speaks for itself from now on. Releasing, transferring or deleting it, or its gateway, does that as well.
#[utoipa::path(
    post, path = "/gateway/unpair", operation_id = "unpairNode", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = UnpairNode, example = json!({"nodeId": 2})),
    responses(
        (status = 204, description = "No gateway speaks for it"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns it"),
        (status = 404, body = ApiError, description = "No such device within reach"),
    )
)]
pub async fn unpair(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<UnpairNode>,
) -> Result<StatusCode, ApiFailure> {
    gateways::unpair(&core, &caller, request.node_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another gateway takes the place of a broken one: all its nodes go there, or none does.
#[utoipa::path(
    post, path = "/gateway/replace", operation_id = "replaceGateway", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = ReplaceGateway, example = json!({"gatewayId": 1, "newGatewayId": 3})),
    responses(
        (status = 200, body = ReplacedGateway),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns one of them"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "The new one is no gateway, has no room, or its organization is not above all the nodes"),
    )
)]
pub async fn replace(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<ReplaceGateway>,
) -> Result<Json<ReplacedGateway>, ApiFailure> {
    let nodes = gateways::replace(&core, &caller, &request).await?;
    Ok(Json(ReplacedGateway { nodes }))
}

/// Lets nodes ask a gateway to speak for them, for some minutes; each waits for a word of whoever has the gateway.
#[utoipa::path(
    post, path = "/gateway/window", operation_id = "openJoinWindow", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = OpenJoinWindow, example = json!({"gatewayId": 1, "minutes": 5})),
    responses(
        (status = 200, body = JoinWindowAnswer),
        (status = 400, body = ApiError, description = "Not for so long"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns it"),
        (status = 404, body = ApiError, description = "No such device within reach"),
        (status = 409, body = ApiError, description = "It is no gateway"),
    )
)]
pub async fn window(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<OpenJoinWindow>,
) -> Result<Json<JoinWindowAnswer>, ApiFailure> {
    Ok(Json(gateways::open_window(&core, &caller, &request).await?))
}

/// Takes a node that asked a gateway, or does not. One that is nobody's is claimed with that, for whoever has the gateway.
#[utoipa::path(
    post, path = "/gateway/decide", operation_id = "decideJoin", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = DecideJoin, example = json!({"gatewayId": 1, "nodeId": 2, "accept": true})),
    responses(
        (status = 204, description = "It is done"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns one of them; or there is no room for one more device"),
        (status = 404, body = ApiError, description = "No such gateway within reach, or no such node waits there"),
        (status = 409, body = ApiError, description = "It is no gateway, the two do not go together, or somebody else has the node by now"),
    )
)]
pub async fn decide(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<DecideJoin>,
) -> Result<StatusCode, ApiFailure> {
    gateways::decide(&core, &caller, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn why(problem: PairingProblem) -> &'static str {
    match problem {
        PairingProblem::IsGateway => "The node is a gateway itself.",
        PairingProblem::Elsewhere => "The node has another gateway: move it.",
        PairingProblem::NotPaired => "The node has no gateway: pair it.",
        PairingProblem::Organization => "The node is not in the gateway's organization or below.",
        PairingProblem::Full => "The gateway has as many nodes as it may have.",
    }
}

impl From<GatewayError> for ApiFailure {
    fn from(error: GatewayError) -> Self {
        let conflict = |code, message| Self::new(StatusCode::CONFLICT, code, message);
        match error {
            GatewayError::Hands(error) => error.into(),
            GatewayError::Of(device, error) => {
                Self::from(error).with("deviceId", device.to_string())
            }
            GatewayError::NotPaired(NotPaired::NoGateway) => conflict(
                ErrorCode::NoGateway,
                "The device is no gateway: its template does not let it speak for others.",
            ),
            GatewayError::NotPaired(NotPaired::Unfit(problem)) => {
                conflict(ErrorCode::NotPairable, why(problem)).with("problem", problem.as_str())
            }
            GatewayError::Field(error) => error.into(),
            GatewayError::NotClaimable => conflict(
                ErrorCode::NotClaimable,
                "Somebody else has the node, or its label was taken out of use.",
            ),
            GatewayError::Broken(broken) => broken.into(),
        }
    }
}
