//! What requests bring, read so that a refusal never repeats what was sent: it may be a secret.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::error::ApiFailure;

/// A JSON body.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiFailure;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiFailure> {
        let bytes = bytes(request, state).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let why = match error.classify() {
                serde_json::error::Category::Data => "has a wrong or missing field",
                _ => "is not JSON",
            };
            ApiFailure::invalid(
                "body",
                &format!("The body {why} (line {line}, column {column})."),
            )
        })
    }
}

/// The bytes of a body, within the endpoint's limit.
pub async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiFailure> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                ApiFailure::too_large()
            } else {
                ApiFailure::invalid("body", "The body could not be read.")
            }
        })
}

/// What a program calls itself: the header User-Agent, its first 200 characters.
pub fn program(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?.trim();
    let short: String = text.chars().take(200).collect();
    (!short.is_empty()).then_some(short)
}

/// Query parameters.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiFailure> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(params)| Self(params))
            .map_err(|_| ApiFailure::invalid("query", "A query parameter is missing or malformed."))
    }
}
