//! `POST /static-tokens/why` (ours).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use handover_wire::{ApiError, AskWhy, WhyAnswer};

use crate::http::caller::{Caller, may};
use crate::http::error::ApiFailure;
use crate::http::extract::Body;
use crate::service::Core;
use crate::service::people::PeopleError;
use crate::service::why::{self, WhyError};

/// Why a label does not claim: the true reason, for the support of the organization that made it. What was made out of the
/// caller's reach is answered like what nobody has. Changes nothing; a post, since what is asked about may be a secret.
#[utoipa::path(
    post, path = "/static-tokens/why", operation_id = "whyNotClaimable", tag = "static tokens",
    extensions(("x-handover" = json!("ours")), ("x-permission" = json!("claim_for_others"))),
    request_body(content = AskWhy, example = json!({"label": "SN-0001"})),
    responses(
        (status = 200, body = WhyAnswer),
        (status = 400, body = ApiError, description = "There is nothing on the label, or more than a label holds"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "For support and administrators"),
        (status = 404, body = ApiError, description = "No such person within reach"),
        (status = 413, body = ApiError),
    )
)]
pub async fn why(
    State(core): State<Arc<Core>>,
    caller: Caller<may::ClaimForOthers>,
    Body(request): Body<AskWhy>,
) -> Result<Json<WhyAnswer>, ApiFailure> {
    Ok(Json(why::why(&core, &caller, &request).await?))
}

impl From<WhyError> for ApiFailure {
    fn from(error: WhyError) -> Self {
        match error {
            WhyError::Field(error) => error.into(),
            WhyError::NoSuchUser => PeopleError::NoSuchUser.into(),
            WhyError::Broken(broken) => broken.into(),
        }
    }
}
