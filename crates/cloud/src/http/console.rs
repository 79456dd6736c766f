//! The web console: the UI as it was built, out of the binary; and what no endpoint answers.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use super::error::ApiFailure;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Ui;

/// Where the build puts files whose names change with their content.
const HASHED: [&str; 2] = ["_app/immutable/", "assets/"];
/// Paths that belong to programs: a page would only confuse them.
const PROGRAMS: [&str; 3] = ["api/", "oauth2/", "external/"];

/// Where no UI was built into this binary.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Handover cloud</title><h1>Handover cloud</h1>\
    <p>The cloud runs. Its web console was not built into this binary: run \
    <code>cargo xtask setup</code>, which builds <code>ui/dist</code>, then build the binary again.</p>\
    <p><a href=\"/api/openapi.json\">What it speaks</a></p></html>";

/// A file of the UI; its page for every path that the UI itself routes; else 404.
pub async fn console(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let program = PROGRAMS.iter().any(|start| path.starts_with(start)) || path == "api";
    if !reads || program {
        return ApiFailure::not_found("There is nothing at this path.").into_response();
    }
    if let Some(file) = Ui::get(path) {
        return serve(path, file);
    }
    if path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
    {
        return ApiFailure::not_found("There is no such file.").into_response();
    }
    match Ui::get("index.html") {
        Some(page) => serve("index.html", page),
        None => (StatusCode::OK, Html(NOT_BUILT)).into_response(),
    }
}

fn serve(path: &str, file: rust_embed::EmbeddedFile) -> Response {
    let hashed = HASHED.iter().any(|start| path.starts_with(start));
    let cache = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = file.metadata.mimetype();
    let kind =
        HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        ],
        file.data,
    )
        .into_response()
}
