//! `POST /device/create`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, CreateDevice, Device};

use super::within;
use crate::domain::DeviceName;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::{Core, devices};

/// Makes a device by hand, with a credential of its own in the answer.
#[utoipa::path(
    post, path = "/device/create", operation_id = "createDevice", tag = "devices",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("create_devices"))),
    request_body(content = CreateDevice, example = json!({
        "templateId": "TMPLsoil00001", "orgId": 2, "name": "Tomato bed", "ownerId": 3
    })),
    responses(
        (status = 201, body = Device),
        (status = 400, body = ApiError, description = "A field is not as it must be, or the owner is not active in or above the organization"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators; or the organization has as many devices as it may have (`device_limit`)"),
        (status = 404, body = ApiError, description = "No such organization, template or owner within reach"),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller<may::CreateDevices>,
    Body(request): Body<CreateDevice>,
) -> Result<(StatusCode, Json<Device>), ApiFailure> {
    let name = request.name.as_deref().map(DeviceName::parse).transpose()?;
    let org = caller.org_in_reach(&core, Some(request.org_id)).await?;
    let template = within::template(&core, org, &request.template_id).await?;
    let owner = request.owner_id.or(caller.user());
    let owner = owner.ok_or_else(|| ApiFailure::invalid("ownerId", "ownerId is needed."))?;
    within::check_owner(&core, caller.reach(), owner, org).await?;
    let device = devices::create(&core, &caller.actor, &request, &template, owner, name).await?;
    Ok((StatusCode::CREATED, Json(device)))
}
