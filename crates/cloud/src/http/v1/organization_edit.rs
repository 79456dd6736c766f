//! `PUT /edit/name` and `DELETE`: an organization gets another name, or is deleted.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, OrgId, Organization, RenameOrganization, SetDeviceLimit};
use serde::Deserialize;

use crate::domain::OrgName;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::{Body, Params};
use crate::service::{Core, orgs};

/// Gives an organization another name.
#[utoipa::path(
    put, path = "/edit/name", operation_id = "renameOrganization", tag = "organizations",
    extensions(
        ("x-handover" = json!("published; the body is ours")),
        ("x-permission" = json!("manage_organizations"))
    ),
    request_body(content = RenameOrganization, example = json!({"orgId": 2, "name": "Green Farm"})),
    responses(
        (status = 200, body = Organization),
        (status = 400, body = ApiError, description = "Not a name"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
        (status = 409, body = ApiError, description = "Another organization there has this name"),
    )
)]
pub async fn rename(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageOrganizations>,
    Body(request): Body<RenameOrganization>,
) -> Result<Json<Organization>, ApiFailure> {
    let name = OrgName::parse(&request.name, "name")?;
    let org = request.org_id.unwrap_or(caller.org);
    Ok(Json(orgs::rename(&core, &caller, org, &name).await?))
}

/// Says how many devices an organization below the caller's may have, together with those below it; any number where
/// `deviceLimit` is absent or null. What it has beyond that stays; nothing can be added before there is room again.
#[utoipa::path(
    put, path = "/edit/device-limit", operation_id = "setDeviceLimit", tag = "organizations",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("manage_organizations"))),
    request_body(content = SetDeviceLimit, example = json!({"orgId": 2, "deviceLimit": 500})),
    responses(
        (status = 200, body = Organization),
        (status = 400, body = ApiError, description = "Not 0 to 1,000,000,000"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
        (status = 409, body = ApiError, description = "It is the caller's own"),
    )
)]
pub async fn limit_devices(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageOrganizations>,
    Body(request): Body<SetDeviceLimit>,
) -> Result<Json<Organization>, ApiFailure> {
    Ok(Json(orgs::limit_devices(&core, &caller, &request).await?))
}

/// Which organization.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct WhichOrg {
    /// Its number. Never the caller's own by default: nothing is deleted by leaving something out.
    org_id: OrgId,
}

/// Deletes an organization that nothing is in: no organization below it, nobody in it, no device, no token that could
/// still be claimed, no template.
#[utoipa::path(
    delete, path = "/", operation_id = "deleteOrganization", tag = "organizations",
    extensions(("x-handover" = json!("published")), ("x-permission" = json!("manage_organizations"))),
    params(WhichOrg),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, body = ApiError, description = "Which?"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
        (status = 409, body = ApiError, description = "Something is in it still, or it is the caller's own"),
    )
)]
pub async fn delete(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageOrganizations>,
    Params(which): Params<WhichOrg>,
) -> Result<StatusCode, ApiFailure> {
    orgs::delete(&core, &caller, which.org_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
