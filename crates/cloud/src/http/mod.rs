//! HTTP: one endpoint, one file.

#[cfg(test)]
mod api_md;
mod attachment;
mod bootstrap;
mod caller;
mod console;
mod demo_label;
mod device_api;
mod document;
mod error;
mod explain;
mod extract;
mod faults;
mod guard;
mod headers;
mod info;
mod link;
mod log;
mod mailbox;
mod mqtt_socket;
mod multipart;
mod oauth_revoke;
mod oauth_token;
mod origin;
mod session;
mod setup;
mod unread;
mod v1;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use handover_wire::ErrorCode;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use faults::cut;
pub use guard::Guard;
pub use origin::OverTls;

use document::Document;
use error::ApiFailure;

use crate::service::Core;

/// The published limit of a request's body; files that devices upload have their own (`device_api/upload.rs`), and tables.
const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// A request that takes longer is given up; 2 MB over slow links fit.
const TIMEOUT: Duration = Duration::from_secs(60);
/// So is a file that a device uploads: 5 MiB over a link of 40 kbit/s take 18 minutes. One that stalls is given up before
/// (`device_api/upload.rs`).
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(30 * 60);

fn documented() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(oauth_token::token))
        .routes(routes!(oauth_revoke::revoke))
        .routes(routes!(session::begin, session::end))
        .routes(routes!(session::refresh))
        .routes(routes!(link::look))
        .routes(routes!(link::follow))
        .routes(routes!(link::forgot))
        .routes(routes!(bootstrap::ask))
        .routes(routes!(bootstrap::presence))
        .routes(routes!(device_api::reading::get))
        .routes(routes!(device_api::reading::get_all))
        .routes(routes!(device_api::history::get))
        .routes(routes!(device_api::writing::update))
        .routes(routes!(
            device_api::writing::batch,
            device_api::writing::points
        ))
        .routes(routes!(device_api::about::is_connected))
        .routes(routes!(device_api::about::provision))
        .routes(routes!(device_api::about::log_event))
        .routes(routes!(device_api::about::set_property))
        .routes(routes!(device_api::about::meta))
        .routes(routes!(device_api::about::set_meta))
        .routes(routes!(device_api::upload::upload))
        .routes(routes!(device_api::upload::uploaded))
        .routes(routes!(device_api::gateway::nodes))
        .routes(routes!(device_api::gateway::join))
        .routes(routes!(device_api::gateway::mesh))
        .routes(routes!(device_api::gateway::orders))
        .routes(routes!(device_api::gateway::strangers))
        .routes(routes!(info::info))
        .routes(routes!(setup::set_up))
        .routes(routes!(demo_label::demo_label))
        .routes(routes!(mailbox::mailbox))
        .routes(routes!(mailbox::mail))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(explain::explain))
                .layer(explain::limit()),
        )
        .nest("/api/v1/organization", v1::router())
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    document::complete(documented().into_openapi())
}

/// All endpoints, as `METHOD /path`.
pub fn endpoints() -> Vec<String> {
    let paths = openapi().paths.paths;
    let all = paths.iter().flat_map(|(path, item)| {
        let methods = document::methods(item);
        methods.map(move |method| format!("{method} {path}"))
    });
    all.collect()
}

/// Everything that the cloud answers.
pub fn router(core: Arc<Core>, guard: Guard) -> Router {
    let (router, document) = documented().split_for_parts();
    let document = Arc::new(document::complete(document));
    router
        .route(
            "/api/openapi.json",
            axum::routing::get(move || async move { axum::Json(document.as_ref().clone()) }),
        )
        .route("/mqtt", axum::routing::get(mqtt_socket::open))
        .fallback(console::console)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(core.clone(), device_api::refused::tell))
        .layer(from_fn_with_state(core.clone(), faults::meet))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::new(guard), guard::guard))
        .layer(from_fn(headers::secure))
        .layer(from_fn(unread::tell))
        .layer(from_fn_with_state(core.clone(), log::log))
        .with_state(core)
}

/// 405.
pub(crate) async fn method_not_allowed() -> ApiFailure {
    ApiFailure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::InvalidRequest,
        "This endpoint does not take this method.",
    )
}

/// How long a request to such a path may take.
fn patience(path: &str) -> Duration {
    match path {
        "/external/api/upload" => UPLOAD_TIMEOUT,
        _ => TIMEOUT,
    }
}

/// Gives up on requests that take too long.
async fn in_time(request: Request, next: Next) -> Response {
    let patience = patience(request.uri().path());
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiFailure::new(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::Timeout,
            "The request took too long. Whether it was done is not known.",
        )
        .into_response(),
    }
}

/// The panic's message stays in the log: it may hold what a caller sent.
fn panicked(_panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    ApiFailure::internal().into_response()
}

#[cfg(test)]
mod tests;
