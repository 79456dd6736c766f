//! `POST /api/setup` (ours): the first administrator.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use handover_wire::{ApiError, ErrorCode, SetupRequest};

use super::error::ApiFailure;
use super::extract::Body;
use crate::service::Core;
use crate::service::setup::{self, SetupError};

impl From<SetupError> for ApiFailure {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Field(field) => field.into(),
            SetupError::Broken(broken) => broken.into(),
            SetupError::LinkInvalid => Self::new(
                StatusCode::FORBIDDEN,
                ErrorCode::SetupLinkInvalid,
                "The set-up link was used before or is not the newest.",
            ),
        }
    }
}

/// Makes the maker's organization and its administrator, by the one-time link that the first start prints.
#[utoipa::path(
    post, path = "/api/setup", operation_id = "setUp", tag = "cloud",
    extensions(("x-handover" = json!("ours"))),
    security(()),
    request_body(content = SetupRequest, example = json!({
        "code": "from the link", "organization": "Meadow Instruments", "email": "ada@meadow.example",
        "name": "Ada Marsh", "password": "..."
    })),
    responses(
        (status = 204, description = "Done: sign in"),
        (status = 400, body = ApiError, description = "A field is not as it must be"),
        (status = 403, body = ApiError, description = "The link was used before or is not the newest"),
    )
)]
pub async fn set_up(
    State(core): State<Arc<Core>>,
    Body(request): Body<SetupRequest>,
) -> Result<StatusCode, ApiFailure> {
    setup::set_up(&core, request).await?;
    Ok(StatusCode::NO_CONTENT)
}
