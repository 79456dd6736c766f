//! `POST /gateway/release`, `/gateway/transfer`, `/gateway/take-back`, `GET` and `POST /static-tokens/gateway` (ours): a gateway
//! together with its nodes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{
    ApiError, GatewayLabels, GatewayOutcomes, ReleaseGateway, TakeGatewayBack, TokenId,
    TransferGateway, WaitTogether,
};
use serde::Deserialize;

use crate::http::caller::{Caller, SignedIn, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::hands::{self, Mind, ToWhom, Together};
use crate::service::{Core, waiting};

/// Gives a gateway up together with nodes of it: all of them, or none. Each has another label from then on, which is in the
/// answer. Where they stay together, the gateway's label claims all of them.
#[utoipa::path(
    post, path = "/gateway/release", operation_id = "releaseGateway", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("any"))),
    request_body(content = ReleaseGateway, example = json!({"deviceId": 1, "dryRun": true})),
    responses(
        (status = 200, body = GatewayOutcomes, description = "What became of each; with `dryRun` what would, and why one may not"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "Somebody else of the organization owns one of them, which `deviceId` names: nothing was released"),
        (status = 404, body = ApiError, description = "No such device within reach, or it is no node of the gateway"),
        (status = 409, body = ApiError, description = "It is no gateway, nobody has it, or the key stands for another request"),
    )
)]
pub async fn release(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    Body(request): Body<ReleaseGateway>,
) -> Result<Json<GatewayOutcomes>, ApiFailure> {
    let mind = Mind {
        gateway: request.device_id,
        nodes: request.node_ids.as_deref(),
        reason: request.reason.as_deref(),
        dry_run: request.dry_run,
    };
    let manner = Together::Release {
        history: request.history,
        keep_together: request.keep_together,
    };
    let keyed = (&request, request.key.as_deref());
    Ok(Json(
        hands::change_hands(&core, &caller, (mind, manner), keyed).await?,
    ))
}

/// Moves a gateway together with nodes of it: all of them, or none. They stay its nodes. For 10 minutes all of it can be undone,
/// by undoing any of them; then both sides are told, in one letter.
#[utoipa::path(
    post, path = "/gateway/transfer", operation_id = "transferGateway", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("transfer_devices"))),
    request_body(content = TransferGateway, example = json!({"deviceId": 1, "newOrgId": 2, "dryRun": true})),
    responses(
        (status = 200, body = GatewayOutcomes, description = "What became of each; with `dryRun` what would, and why one may not"),
        (status = 400, body = ApiError, description = "One is there already, or a field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; or there is no room for all of them"),
        (status = 404, body = ApiError, description = "No such device, organization or owner within reach, or it is no node of the gateway"),
        (status = 409, body = ApiError, description = "It is no gateway, nobody has it, or as for `/device/transfer`; `deviceId` names which"),
    )
)]
pub async fn transfer(
    State(core): State<Arc<Core>>,
    caller: Caller<may::TransferDevices>,
    Body(request): Body<TransferGateway>,
) -> Result<Json<GatewayOutcomes>, ApiFailure> {
    let mind = Mind {
        gateway: request.device_id,
        nodes: request.node_ids.as_deref(),
        reason: request.reason.as_deref(),
        dry_run: request.dry_run,
    };
    let manner = Together::Transfer {
        to: ToWhom {
            org: request.new_org_id,
            owner: request.new_user_id,
            after: request.owner_after,
        },
        history: request.history,
    };
    let keyed = (&request, request.key.as_deref());
    Ok(Json(
        hands::change_hands(&core, &caller, (mind, manner), keyed).await?,
    ))
}

/// Takes a gateway back together with nodes of it: all of them, or none. Where they stay together, the gateway's label claims all
/// of them.
#[utoipa::path(
    post, path = "/gateway/take-back", operation_id = "takeGatewayBack", tag = "gateways",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    request_body(content = TakeGatewayBack, example = json!({"deviceId": 1, "dryRun": true})),
    responses(
        (status = 200, body = GatewayOutcomes, description = "What became of each; with `dryRun` what would, and why one may not"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such device within reach, made with a label of an organization within reach, or it is no node of the gateway"),
        (status = 409, body = ApiError, description = "It is no gateway, nobody has it, or one was made by hand; `deviceId` names which"),
    )
)]
pub async fn take_back(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Body(request): Body<TakeGatewayBack>,
) -> Result<Json<GatewayOutcomes>, ApiFailure> {
    let mind = Mind {
        gateway: request.device_id,
        nodes: request.node_ids.as_deref(),
        reason: request.reason.as_deref(),
        dry_run: request.dry_run,
    };
    let manner = Together::TakeBack {
        label: request.label,
        history: request.history,
        keep_together: request.keep_together,
    };
    Ok(Json(
        hands::change_hands(&core, &caller, (mind, manner), (&request, None)).await?,
    ))
}

/// Which label.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TokenParams {
    /// Its number.
    token_id: TokenId,
}

/// What waits together with a label: the gateway's, and its nodes'.
#[utoipa::path(
    get, path = "/static-tokens/gateway", operation_id = "gatewayLabels", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    params(TokenParams),
    responses(
        (status = 200, body = GatewayLabels),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such label within reach"),
    )
)]
pub async fn labels(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Params(params): Params<TokenParams>,
) -> Result<Json<GatewayLabels>, ApiFailure> {
    Ok(Json(waiting::look(&core, &caller, params.token_id).await?))
}

/// Puts labels of nodes that nobody has together with a gateway's that nobody has, or takes them from it: all of them, or none.
/// Whoever claims the gateway gets them with it. A node's own label still claims it alone, and what somebody has waits no more.
#[utoipa::path(
    post, path = "/static-tokens/gateway", operation_id = "waitTogether", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_tokens"))),
    request_body(content = WaitTogether, example = json!({"tokenId": 1, "nodeTokenIds": [2, 3]})),
    responses(
        (status = 204, description = "It is done"),
        (status = 400, body = ApiError, description = "Too many"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such label within reach"),
        (status = 409, body = ApiError, description = "Somebody has one of them, or they do not go together"),
    )
)]
pub async fn wait(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageTokens>,
    Body(request): Body<WaitTogether>,
) -> Result<StatusCode, ApiFailure> {
    waiting::wait(&core, &caller, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}
