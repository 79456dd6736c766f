//! One line of log for each request: which route, what came of it, how long it took. Never a query or a body.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::entropy;
use crate::service::Core;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The method by its name; whoever invents one has nothing of it in the log.
fn known(method: &Method) -> &'static str {
    let all = [
        (Method::GET, "GET"),
        (Method::POST, "POST"),
        (Method::PUT, "PUT"),
        (Method::DELETE, "DELETE"),
        (Method::HEAD, "HEAD"),
        (Method::PATCH, "PATCH"),
        (Method::OPTIONS, "OPTIONS"),
    ];
    let found = all.into_iter().find(|(known, _)| known == method);
    found.map_or("other", |(_, name)| name)
}

/// Numbers the request, logs it, and tells the caller its number.
pub async fn log(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let number = u64::from_be_bytes(entropy::bytes(core.entropy.as_ref()));
    let id = format!("{number:016x}");
    // The route's template, not the path: a path may be a mistyped link with a secret in it.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("console", MatchedPath::as_str)
        .to_owned();
    let method = known(request.method());
    let span = tracing::info_span!("request", %id);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(method, route, status, ms, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
