//! `POST /create`: a new organization.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, CreateOrganization, ErrorCode, Organization};

use super::ORG_NOT_FOUND;
use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::Core;
use crate::service::orgs::{self, OrgError};

impl From<OrgError> for ApiFailure {
    fn from(error: OrgError) -> Self {
        match error {
            OrgError::Field(field) => field.into(),
            OrgError::NotFound => Self::not_found(ORG_NOT_FOUND),
            OrgError::TooDeep(error) => Self::new(
                StatusCode::BAD_REQUEST,
                ErrorCode::TooDeep,
                &format!("{error}: nothing can be put below this one."),
            ),
            OrgError::Own => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::NotYourself,
                "Your own organization can be deleted or limited by those above it alone.",
            ),
            OrgError::NameTaken => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::NameTaken,
                "Another organization there has this name.",
            ),
            OrgError::NotEmpty(contents) => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::NotEmpty,
                "The organization is not empty. Move or delete what is in it first.",
            )
            .with("organizations", contents.organizations)
            .with("people", contents.people)
            .with("devices", contents.devices)
            .with("tokens", contents.tokens)
            .with("templates", contents.templates),
            OrgError::Broken(broken) => broken.into(),
        }
    }
}

/// Makes an organization below the caller's own, or below one within reach.
#[utoipa::path(
    post, path = "/create", operation_id = "createOrganization", tag = "organizations",
    extensions(
        ("x-handover" = json!("published; parentOrganizationId is ours")),
        ("x-permission" = json!("manage_organizations"))
    ),
    request_body(content = CreateOrganization, example = json!({"name": "Green Farm", "type": "CLIENT"})),
    responses(
        (status = 201, body = Organization),
        (status = 400, body = ApiError, description = "Not a name, or the tree is as deep as it gets"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For administrators"),
        (status = 404, body = ApiError, description = "No such organization within reach"),
        (status = 409, body = ApiError, description = "Another organization there has this name"),
    )
)]
pub async fn create(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ManageOrganizations>,
    Body(request): Body<CreateOrganization>,
) -> Result<(StatusCode, Json<Organization>), ApiFailure> {
    let made = orgs::create(&core, &caller, &request).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
