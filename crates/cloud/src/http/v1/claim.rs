//! `POST /static-tokens/claim` (the path is published, the body ours).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use handover_wire::{
    ApiError, ClaimAnswer, ClaimRequest, ErrorCode, IDEMPOTENCY_KEY, PendingAnswer,
};

use crate::http::caller::{Caller, SignedIn};
use crate::http::error::{ApiFailure, tell, telling};
use crate::http::extract::Body;
use crate::http::origin::PeerOrigin;
use crate::service::Core;
use crate::service::claim::{self, Answered, ClaimError};

/// The most characters that an idempotency key has (ours).
pub(super) const LONGEST_KEY: usize = 200;

impl From<ClaimError> for ApiFailure {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::IdempotencyConflict => Self::new(
                StatusCode::CONFLICT,
                ErrorCode::IdempotencyConflict,
                "This Idempotency-Key was used for a different request.",
            ),
            ClaimError::ForWhom => Self::invalid("userId", "userId is needed: for whom?"),
            ClaimError::OnBehalfForbidden => {
                Self::forbidden("Your role claims for yourself alone.")
            }
            ClaimError::DeviceLimit => Self::device_limit(),
            ClaimError::NoSuchUser => {
                Self::not_found("User is not found or belongs to another organization.")
            }
            ClaimError::TooOften(wait, budget) => Self::too_often(wait).telling(budget),
            ClaimError::Field(error) => error.into(),
            ClaimError::Broken(broken) => broken.into(),
        }
    }
}

/// Claims a device with what its label says: a QR token in either form, a claim link, an auth token, or what identifies the
/// device.
///
/// An identifier needs a proof, unless its batch says otherwise: the claim code beside it; its button, pressed within five
/// minutes, which `presence` waits for (202, and the same request with the same key again until it was pressed); or support's
/// word, which `askApproval` asks for (202). A press is theirs who waited for it alone; where several people wait, it is
/// nobody's, and where nobody does, whoever's who claims first. Both are answered alike whether or not anything has the identifier. Without one it is answered 422, the same for
/// every identifier. The header `RateLimit` tells how many labels that claim nothing the caller's account has left.
///
/// The answer is given once the claim is on the disk. The same `Idempotency-Key` gives the same answer again, so a
/// claim whose answer was lost can be sent again without harm. Refusals of a label (404 `not_claimable`, 422) are kept
/// as well: who tries again later, because something may have changed, takes a new key. What was refused before the
/// label was looked at is not kept.
#[utoipa::path(
    post, path = "/static-tokens/claim", operation_id = "claim", tag = "static tokens",
    extensions(("x-handover" = json!("published; the body and Idempotency-Key are ours")), ("x-permission" = json!("any"))),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 printable characters, one for each claim")),
    request_body(content = ClaimRequest, example = json!({"token": "sqr_... or https://HOST/claim#sqr_..."})),
    responses(
        (status = 201, body = ClaimAnswer, description = "Claimed now"),
        (status = 200, body = ClaimAnswer, description = "It was in the claimer's organization before"),
        (status = 202, body = PendingAnswer, description = "Support is asked, or the button is waited for, of an identifier that is known or not"),
        (status = 400, body = ApiError, description = "The key or the reason is not as it must be"),
        (status = 401, body = ApiError),
        (status = 403, body = ApiError, description = "This role claims for itself alone; or the organization has as many devices as it may have (`device_limit`), which is told before the label is looked at, and not kept"),
        (status = 404, body = ApiError, description = "One answer for unknown, claimed elsewhere and revoked",
            example = json!({"error": {"message": "This label cannot be claimed.", "code": "not_claimable"}})),
        (status = 409, body = ApiError, description = "The key was used for a different request"),
        (status = 422, body = ApiError, description = "An identifier alone claims nothing"),
        (status = 429, body = ApiError,
            description = "Too many labels that claim nothing; `Retry-After` says how long to wait"),
        (status = 507, body = ApiError, description = "The cloud's disk is full: nothing was changed"),
    )
)]
pub async fn claim(
    State(core): State<Arc<Core>>,
    caller: Caller<SignedIn>,
    PeerOrigin(origin): PeerOrigin,
    headers: HeaderMap,
    Body(request): Body<ClaimRequest>,
) -> Result<Response, ApiFailure> {
    let key = idempotency_key(&headers)?;
    let claimer = caller.claimer(origin);
    match claim::claim(&core, &claimer, &request, key).await {
        Ok(answer) => Ok(as_response(answer)),
        // Nothing was looked at, and nothing counted: what is left is told all the same.
        Err(error @ (ClaimError::IdempotencyConflict | ClaimError::DeviceLimit)) => {
            let own = claim::own_limits(&core, &claimer, &request);
            Ok(telling(&core, &own, ApiFailure::from(error)).await)
        }
        Err(error) => Err(error.into()),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, ApiFailure> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .filter(|key| (1..=LONGEST_KEY).contains(&key.len()))
        .map(Some)
        .ok_or_else(|| {
            ApiFailure::invalid(IDEMPOTENCY_KEY, "It must be 1 to 200 printable characters.")
        })
}

/// The very bytes that are kept, so that a repeated claim cannot be told from the first, and what the account has left. What
/// is counted for others is not told.
fn as_response(answered: Answered) -> Response {
    let Answered { answer, budget } = answered;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (status, headers, answer.body).into_response();
    tell(budget, response.headers_mut());
    response
}

#[cfg(test)]
mod tests;
