//! How a failure leaves the cloud: a status, a closed code, a sentence.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use handover_wire::{ApiError, ErrorBody, ErrorCode};

use crate::domain::{FieldError, TooOften};
use crate::service::hands::{DEVICE_LIMIT, HandsError};
use crate::service::limits::{self, Budget, Counted};
use crate::service::{Broken, Core};
use crate::store::StoreError;

/// The attribute that says how many seconds to wait; a header says it, too.
const RETRY_AFTER: &str = "retryAfter";

/// What is said of a body that is too long.
pub const TOO_LARGE: &str = "The request is larger than this endpoint takes.";

/// A failure on its way out.
#[derive(Debug)]
pub struct ApiFailure {
    status: StatusCode,
    body: ErrorBody,
    /// What the caller's account has left, where that is told.
    budget: Option<Budget>,
}

/// An answer and what the caller has left now of whichever of these limits is nearest.
pub async fn telling(core: &Core, own: &[Counted], answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let budget = limits::told(core, own).await;
    let wait = refused_for(&response);
    tell(
        budget.map(|budget| budget.after(wait)),
        response.headers_mut(),
    );
    response
}

/// Seconds after which what was refused as too often may be tried again. A limit that others used up refuses it as well, so
/// whatever is left of the caller's own, nothing is to be had before that.
fn refused_for(response: &Response) -> Option<i64> {
    if response.status() != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let wait = response.headers().get(header::RETRY_AFTER)?;
    wait.to_str().ok()?.parse().ok()
}

/// What an account has left of what it may get wrong (draft-ietf-httpapi-ratelimit-headers).
pub fn tell(budget: Option<Budget>, headers: &mut HeaderMap) {
    let Some(Budget {
        policy,
        most,
        window,
        left,
        wait,
    }) = budget
    else {
        return;
    };
    for (name, text) in [
        (
            "ratelimit-policy",
            format!("\"{policy}\";q={most};w={window}"),
        ),
        ("ratelimit", format!("\"{policy}\";r={left};t={wait}")),
    ] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

impl ApiFailure {
    /// A failure with this status, code and sentence.
    pub fn new(status: StatusCode, code: ErrorCode, message: &str) -> Self {
        Self {
            status,
            body: ErrorBody::new(code, message),
            budget: None,
        }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with(self, name: &str, value: impl ToString) -> Self {
        Self {
            body: self.body.with(name, value),
            ..self
        }
    }

    /// The same with what the caller's account has left.
    #[must_use]
    pub fn telling(self, budget: Option<Budget>) -> Self {
        Self { budget, ..self }
    }

    /// 400: a field is missing or malformed.
    pub fn invalid(field: &str, message: &str) -> Self {
        let body = ErrorBody::new(ErrorCode::InvalidRequest, message).with("field", field);
        Self {
            status: StatusCode::BAD_REQUEST,
            body,
            budget: None,
        }
    }

    /// 401: no access token, or none that is good.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Unauthenticated,
            "The access token is missing, expired or revoked.",
        )
    }

    /// 403: the role does not allow it.
    pub fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message)
    }

    /// 403: the organization has as many devices as it may have.
    pub fn device_limit() -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::DeviceLimit, DEVICE_LIMIT)
    }

    /// Its status and what it says.
    #[cfg(test)]
    pub fn outcome(&self) -> (u16, &str) {
        (self.status.as_u16(), &self.body.message)
    }

    /// 404: there is no such organization, any more or within the caller's reach.
    pub fn no_such_org() -> Self {
        Self::not_found(super::v1::ORG_NOT_FOUND)
    }

    /// 404: there is no such thing, or it is not the caller's to see.
    pub fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message)
    }

    /// 429: it happened too often.
    pub fn too_often(wait: TooOften) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RateLimited,
            "Too many attempts. Wait a while and try again.",
        )
        .waiting(wait.seconds)
    }

    /// 429: the organization makes more requests than it may.
    pub fn too_many_requests(wait: TooOften) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RateLimited,
            "Your organization makes too many requests. Wait a moment and try again.",
        )
        .waiting(wait.seconds)
    }

    /// The same with how many seconds to wait.
    #[must_use]
    pub fn waiting(self, seconds: impl ToString) -> Self {
        self.with(RETRY_AFTER, seconds)
    }

    /// 413: the body is larger than this endpoint takes.
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::TooLarge,
            TOO_LARGE,
        )
    }

    /// 500: something broke; the log says what.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            "Something broke in the cloud. Its log says what.",
        )
    }
}

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        let wait = self.body.attributes.get(RETRY_AFTER);
        let wait = wait.and_then(|seconds| HeaderValue::from_str(seconds).ok());
        let unauthenticated = self.status == StatusCode::UNAUTHORIZED;
        let body = Json(ApiError { error: self.body });
        let mut response = (self.status, body).into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        let refused = refused_for(&response);
        let budget = self.budget.map(|budget| budget.after(refused));
        tell(budget, response.headers_mut());
        if unauthenticated {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<FieldError> for ApiFailure {
    fn from(error: FieldError) -> Self {
        Self::invalid(
            error.field,
            &format!("{} must be {}.", error.field, error.must),
        )
    }
}

impl From<HandsError> for ApiFailure {
    fn from(error: HandsError) -> Self {
        let body = match error.told() {
            Ok(body) => body,
            Err(broken) => return broken.into(),
        };
        let status = match body.code {
            // Published of a device that is there already.
            ErrorCode::SameHolder | ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
            ErrorCode::Forbidden | ErrorCode::DeviceLimit => StatusCode::FORBIDDEN,
            ErrorCode::SecretsGone => StatusCode::GONE,
            ErrorCode::NotFound | ErrorCode::NoLabel => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        };
        Self {
            status,
            body,
            budget: None,
        }
    }
}

impl From<Broken> for ApiFailure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Store(StoreError::Full) => {
                tracing::error!("the disk is full: nothing was changed");
                Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    ErrorCode::StorageFull,
                    "The cloud's disk is full. Nothing was changed.",
                )
            }
            Broken::Store(
                error @ (StoreError::Unavailable(_)
                | StoreError::Conflict(_)
                | StoreError::GroupLost(_)),
            ) => {
                tracing::error!(%error, "a request failed");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    ErrorCode::Unavailable,
                    "The cloud's database does not answer. Try again in a moment.",
                )
            }
            broken => {
                tracing::error!(error = %broken, "a request failed");
                Self::internal()
            }
        }
    }
}

impl From<StoreError> for ApiFailure {
    fn from(error: StoreError) -> Self {
        Broken::from(error).into()
    }
}
